#!/usr/bin/env bash
# Sample benchmarks: disk, CPU, memory, processes, loopback network and boot time, each into a file of results/.
# Needs bash and coreutils; what lies beside it in tools/ is run too. About 20 s in an emulated guest of two CPUs.
set -u
export LC_ALL=C

disk_mib=${DISK_MIB:-64}
cpu_mib=${CPU_MIB:-32}
memory_mib=${MEMORY_MIB:-512}
processes=${PROCESSES:-50}
failed=0

mkdir -p results

# Runs one benchmark, its output and times into results/NAME.log.
measure() {
    local name=$1
    shift
    if { time "$@" >/dev/null; } 2>"results/$name.log"; then
        echo "$name: done"
    else
        echo "$name: failed"
        cat "results/$name.log"
        failed=1
    fi
}

hash() { sha256sum cpu.tmp; }

hash_on_every_cpu() {
    local cpu
    for ((cpu = $(nproc); cpu > 0; cpu--)); do hash & done
    wait
}

start_processes() {
    local count
    for ((count = processes; count > 0; count--)); do /bin/true; done
}

# Milliseconds of each part of the boot, from systemd's own clock; nothing where it has not finished.
boot_times() {
    local kernel initrd userspace finish
    property() { systemctl show --value --property="$1TimestampMonotonic" 2>/dev/null; }
    initrd=$(property InitRD) userspace=$(property Userspace) finish=$(property Finish)
    [ "${finish:-0}" -gt 0 ] || return 0
    kernel=$((initrd > 0 ? initrd : userspace))
    echo "startup/kernel $((kernel / 1000)) ms"
    [ "$initrd" -eq 0 ] || echo "startup/initrd $(((userspace - initrd) / 1000)) ms"
    echo "startup/userspace $(((finish - userspace) / 1000)) ms"
}

echo "@phase disk"
measure disk-write dd if=/dev/zero of=disk.tmp bs=1M count="$disk_mib" conv=fdatasync
# Only root may drop what the page cache holds; without it the read is one of memory.
{ sync && echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null || echo "disk-read: page cache not dropped"
measure disk-read dd if=disk.tmp of=/dev/null bs=1M
rm -f disk.tmp

echo "@phase cpu"
# From a file: an emulated CPU spends most of its time in copying where a pipe is between.
head -c "${cpu_mib}M" /dev/zero >cpu.tmp
measure cpu-sha256 hash
measure cpu-sha256-all hash_on_every_cpu
rm -f cpu.tmp

echo "@phase memory"
measure memory dd if=/dev/zero of=/dev/null bs=1M count="$memory_mib"

echo "@phase processes"
measure processes start_processes

echo "@phase boot"
boot_times >results/boot.txt
[ -s results/boot.txt ] || rm results/boot.txt

for tool in tools/*; do
    [ -x "$tool" ] || continue
    echo "@phase $(basename "$tool")"
    "$tool" || { echo "$tool: failed" && failed=1; }
done

exit "$failed"
