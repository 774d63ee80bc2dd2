import type { FailureClass } from '../runtime/errors.js'

/** A console line by which a guest is known to be lost. */
export interface FailureSign {
  readonly class: FailureClass
  readonly pattern: RegExp
  readonly message: string
  readonly advice: string
  /** Who prints it. */
  readonly source: string
  readonly example: string
  /** booting: only before the guest is ready, as later it can be a test's own doing. */
  readonly when?: 'booting'
}

const rootAdvice =
  'Look at the lines above it: a missing root file system, init or driver is the usual cause.'

export const failureSigns: readonly FailureSign[] = [
  {
    class: 'guest-oom',
    pattern: /Kernel panic - not syncing: (?:System is deadlocked on memory|Out of memory)/,
    message: 'the guest has too little memory to start',
    advice: 'Give it more with the input memory.',
    source: 'Linux mm/oom_kill.c',
    example: '[    3.456789] Kernel panic - not syncing: System is deadlocked on memory',
  },
  {
    class: 'kernel-panic',
    pattern: /Kernel panic - not syncing: IO-APIC \+ timer doesn't work/,
    message: 'the kernel found no timer that works, as happens to an emulated guest on a loaded host',
    advice: 'Put no_timer_check on the kernel command line of the image, or run fewer VMs at once.',
    source: 'Linux arch/x86/kernel/apic/io_apic.c',
    example:
      "[    0.024000] Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug and send a report.",
  },
  {
    class: 'kernel-panic',
    pattern: /Kernel panic - not syncing(?!: (?:System is deadlocked on memory|Out of memory))/,
    message: 'the kernel panicked',
    advice: rootAdvice,
    source: 'Linux kernel/panic.c',
    example: '[    2.345678] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
  },
  {
    class: 'kernel-panic',
    pattern:
      /\] (?:BUG: unable to handle|BUG: kernel NULL pointer|kernel BUG at |Oops: |general protection fault[,:])/,
    message: 'the kernel oopsed',
    advice:
      'The trace in the console log names the function; a module built for another kernel is a usual cause.',
    source: 'Linux arch/x86/mm/fault.c, arch/x86/kernel/traps.c, lib/bug.c',
    example: '[   12.345678] BUG: kernel NULL pointer dereference, address: 0000000000000000',
  },
  {
    class: 'kernel-panic',
    pattern: /\] [^[\]]+: [0-9a-f]{4} \[#\d+\]/,
    message: 'the kernel oopsed',
    advice:
      'The trace in the console log names the function; a module built for another kernel is a usual cause.',
    source: 'Linux arch/x86/kernel/dumpstack.c, __die_header',
    example: '[   12.345678] invalid opcode: 0000 [#1] PREEMPT SMP PTI',
  },
  {
    class: 'emergency-mode',
    pattern:
      /You are in (?:emergency|rescue) mode|Cannot open access to console, the root account is locked|(?:Press \S+|Give root password) for maintenance/,
    message: 'systemd gave up and entered emergency mode',
    advice: 'A mount of /etc/fstab that failed is the usual cause; the console log names the unit.',
    source: 'systemd units/emergency.service.in, util-linux sulogin',
    example: 'You are in emergency mode. After logging in, type "journalctl -xb" to view',
  },
  {
    class: 'emergency-mode',
    pattern: /systemd\[1\]: Freezing execution|\[!!!!!!\] .+, freezing/,
    message: 'systemd itself gave up',
    advice:
      'The lines above it say what it could not do; broken or missing basic files of the system are a usual cause.',
    source: 'systemd src/core/crash-handler.c, src/core/main.c',
    example: '[    8.901234] systemd[1]: Freezing execution.',
  },
  {
    class: 'emergency-mode',
    pattern:
      /^\(initramfs\)|ALERT! .+ does not exist\. +Dropping to a shell|No init found\. Try passing init= bootarg/,
    message: 'the initrd did not find the root file system, or no init on it, and opened a shell',
    advice: 'Compare root= on the kernel command line with the partitions of the image.',
    source: 'initramfs-tools init, scripts/local',
    example: 'ALERT!  PARTLABEL=A_root does not exist.  Dropping to a shell!',
  },
  {
    class: 'emergency-mode',
    pattern: /Entering emergency mode\. Exit the shell|dracut: FATAL: |dracut Warning: Could not boot\./,
    message: 'the initrd gave up and opened a shell',
    advice: 'Compare root= on the kernel command line with the partitions of the image.',
    source: 'dracut modules.d/99base, modules.d/98dracut-systemd',
    example: 'Entering emergency mode. Exit the shell to continue.',
  },
  {
    class: 'firmware',
    pattern: /!!!! X64 Exception Type - /,
    message: 'the firmware crashed',
    advice: 'Try another UEFI with the input firmware, or another boot loader in the image.',
    source: 'edk2 UefiCpuPkg/Library/CpuExceptionHandlerLib',
    example: '!!!! X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000 !!!!',
  },
  {
    class: 'bootloader',
    pattern: /BdsDxe: No bootable option or device was found|No bootable device\.|UEFI Interactive Shell v/,
    message: 'the firmware found nothing to boot',
    advice: 'The image needs an EFI system partition with EFI/BOOT/BOOTX64.EFI, or firmware: bios.',
    source: 'edk2 BdsDxe and ShellPkg, SeaBIOS src/boot.c',
    example: 'BdsDxe: No bootable option or device was found.',
  },
  {
    class: 'bootloader',
    pattern:
      /^grub(?: rescue)?>|Minimal BASH-like line editing is supported|^error: (?:\S+:\d+:)?(?:no such (?:partition|device)|unknown filesystem|you need to load the kernel first)/,
    message: 'the boot loader found no system to start',
    advice: 'Compare the boot entries of the image with its partitions.',
    source: 'GRUB grub-core/kern, grub-core/normal/main.c, grub-core/loader',
    example: 'error: no such partition.',
  },
  {
    class: 'bootloader',
    pattern:
      /No loader found\. Configuration files in|Error (?:loading|preparing initrd|opening root path|reading)\b.*: (?:Not Found|Load Error|Unsupported|Invalid Parameter|Device Error|Volume Corrupt|CRC Error|Security Policy Violation)/,
    message: 'systemd-boot found no system to start',
    advice:
      'Compare the files that the entries in loader/entries name with those in the EFI system partition.',
    source: 'systemd src/boot/efi/boot.c',
    example: 'Error loading \\a\\linux: Not Found',
  },
  {
    class: 'image-corrupt',
    pattern: /^ *-- System halted$/,
    message: 'the kernel could not be unpacked',
    advice: 'Build the image again, and check its digest with image-digest.',
    source: 'Linux arch/x86/boot/compressed/misc.c',
    example: ' -- System halted',
  },
  {
    class: 'guest-oom',
    pattern: /\] Out of memory: Killed process/,
    message: 'the guest ran out of memory while booting',
    advice: 'Give it more with the input memory.',
    source: 'Linux mm/oom_kill.c',
    example: '[   33.123456] Out of memory: Killed process 412 (replica) total-vm:4096kB',
    when: 'booting',
  },
  {
    class: 'image-corrupt',
    pattern:
      /\] (?:EXT4-fs error|EXT4-fs \(\S+\): (?:no journal found|bad geometry)|(?:blk_update_request: )?I\/O error, dev vd|XFS \(\S+\): (?:Metadata corruption|Corruption) detected|BTRFS (?:error|critical) \(|SQUASHFS error: )/,
    message: 'the guest could not read its disk',
    advice: 'Build the image again; if it persists, look at the disk of the host.',
    source: 'Linux fs/ext4, fs/xfs, fs/btrfs, fs/squashfs, block/blk-core.c',
    example:
      '[    4.567890] EXT4-fs error (device vda2): ext4_lookup:1855: inode #2: comm systemd: bad extra_isize',
    when: 'booting',
  },
  {
    class: 'image-corrupt',
    pattern: /\] device-mapper: verity: .+ is corrupted/,
    message: 'a block of the guest’s disk is not what its verity hash says',
    advice: 'The image was changed after its hash tree was made; build it again.',
    source: 'Linux drivers/md/dm-verity-target.c',
    example: '[    5.678901] device-mapper: verity: 254:3: data block 8192 is corrupted',
    when: 'booting',
  },
  {
    class: 'image-corrupt',
    pattern: /UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY/,
    message: 'a file system of the guest is broken beyond what fsck repairs by itself',
    advice: 'Build the image again.',
    source: 'e2fsprogs e2fsck',
    example: '/dev/vda3: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
    when: 'booting',
  },
]

/** The sign of failure in a console line, if it holds one. */
export function failureIn(line: string, booting: boolean): FailureSign | undefined {
  return failureSigns.find((sign) => (booting || sign.when !== 'booting') && sign.pattern.test(line))
}
