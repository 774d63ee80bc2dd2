/** Seconds between the TERM and the KILL that end a test which takes too long. */
export const killAfter = 5

/** Processes that the tests of a guest may have at one time, where the guest lets us say so. */
const processLimit = 1024

function cgroup(name: string): string {
  return `/sys/fs/cgroup/${name}`
}

/**
 * What a shell in the guest is told before the first test. It reads its commands from standard input, so each test is
 * one line `t MARK SECONDS TEXT`: the text is run in a subshell, its output goes straight out, and after it, on both
 * streams, stands what became of the guest, framed by a mark that no test knows. Builtins wherever that can be, for a
 * process is dear under emulation.
 *
 * As root with cgroup v2 the tests have a cgroup of their own beside systemd's, where all is found that they leave, and
 * `wardenScript` ends what takes too long; else timeout(1) does, and it is the process group that is looked at. A process
 * that is about to end has a second to do so.
 */
export function agentScript(name: string): string {
  return `
g=${cgroup(name)}
[ -e /sys/fs/cgroup/cgroup.procs ] && mkdir -p $g 2>/dev/null
if [ -w $g/cgroup.procs ]; then
  { echo 1 >$g/cgroup.kill; echo ${processLimit} >$g/pids.max; } 2>/dev/null
  trap 'rmdir $g' EXIT
else
  g=
  exec 3>&1
fi
disks=
while read -r _ dir type options _; do
  case "$type $dir,$options," in
    *\\\\*) ;;
    ext*,rw,* | xfs*,rw,* | btrfs*,rw,* | f2fs*,rw,* | overlay*,rw,* | tmpfs*,rw,*) disks="$disks $dir" ;;
  esac
done </proc/mounts
left() {
  if [ "$g" ]; then
    read -r _ populated <$g/cgroup.events
    [ "$populated" = 1 ]
  else
    kill -0 -"$group" 2>/dev/null
  fi
}
list() {
  n=0 names=
  [ "$g" ] || { echo 'left 1'; return; }
  while read -r p; do
    n=$((n + 1))
    if [ $n -le 5 ]; then { read -r c </proc/$p/comm; } 2>/dev/null && names="$names $c"; fi
  done <$g/cgroup.procs
  echo "left $n$names"
}
end() {
  if [ -z "$g" ]; then kill -KILL -"$group"
  elif [ -e $g/cgroup.kill ]; then echo 1 >$g/cgroup.kill
  else while read -r p; do kill -KILL "$p"; done <$g/cgroup.procs
  fi 2>/dev/null
}
clear() {
  for i in 1 2 3 4 5 6 7 8 9 10; do
    left || return 0
    sleep 0.1
  done
  list
  for i in 1 2 3 4 5 6 7 8 9 10; do
    end
    sleep 0.1
    left || return 0
  done
  echo remain
}
t() {
  if [ "$g" ]; then (limit=; echo 0 >$g/cgroup.procs; eval "$3") </dev/null
  else group=$(exec sh -c 'limit="timeout -k ${killAfter} $1"; echo $$; exec >&3 3>&-; eval "$2"' sh "$2" "$3" </dev/null)
  fi
  status=$?
  printf '\\n%s \\n' "$1"
  echo "exit $status"
  clear
  read -r id </proc/sys/kernel/random/boot_id && echo "boot $id"
  [ -z "$disks" ] || stat -f -c 'disk %n %S %b %a %c %d' $disks 2>/dev/null
  printf '\\n%s.\\n' "$1"
  printf '\\n%s \\n\\n%s.\\n' "$1" "$1" >&2
}
`
}

/** For a second shell, which is there already when the guest can start no other: `s SIGNAL` for all that a test runs. */
export function wardenScript(name: string): string {
  return `s() { while read -r p; do kill -s "$1" "$p"; done <${cgroup(name)}/cgroup.procs; } 2>/dev/null\n`
}
