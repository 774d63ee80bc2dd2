/** Seconds between the TERM and the KILL that end a test which takes too long. */
export const killAfter = 5

/** Processes that the tests of a guest may have at one time, where the guest lets us say so. */
const processLimit = 1024

const cgroups = '/sys/fs/cgroup'

/**
 * What the agent's shell is told before the first test. It reads its commands from standard input, so each test is one
 * line `t MARK SECONDS TEXT`: the text is run in a subshell, its output goes straight out, and after it, on both streams,
 * stands what became of the guest, framed by a mark that no test knows. Builtins wherever that can be, for a process is
 * dear under emulation; the last of it, for which there is no builtin, is left to the reporter (see reporter.ts) behind
 * descriptor 4.
 *
 * As root with cgroup v2 the tests have a cgroup of their own beside systemd's, where all is found that they leave, and
 * `wardenScript` ends what takes too long. The agent is in it too, so that no test has to be moved there, and leaves it
 * for as long as there is something to end: at the limit of processes it could start none itself. Else timeout(1) ends
 * a test, and it is the process group that is looked at. A process that is about to end has a second to do so.
 */
export function agentScript(name: string): string {
  return `
g=${cgroups}/${name} agent=
move() { [ -z "$g" ] || echo $$ >"$1/cgroup.procs"; }
[ -e ${cgroups}/cgroup.procs ] && mkdir -p $g 2>/dev/null
if [ -w $g/cgroup.procs ] && { echo 1 >$g/cgroup.kill; echo ${processLimit + 1} >$g/pids.max; move $g; } 2>/dev/null; then
  trap 'move ${cgroups}; rmdir $g' EXIT
  agent="agent $$"
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
read -r boot </proc/sys/kernel/random/boot_id
left() {
  if [ "$g" ]; then
    while read -r p; do [ "$p" = $$ ] || return 0; done <$g/cgroup.procs
    return 1
  fi
  kill -0 -"$group" 2>/dev/null
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
gone() {
  for i in 1 2 3 4 5 6 7 8 9 10; do
    $1
    sleep 0.1
    left || return 0
  done
  return 1
}
clear() {
  left || return
  move ${cgroups}
  gone || { list; gone end || echo remain; }
  move $g
}
t() {
  if [ "$g" ]; then (limit=; eval "$3") </dev/null 4>&-
  else group=$(exec sh -c 'limit="timeout -k ${killAfter} $1"; echo $$; exec >&3 3>&- 4>&-; eval "$2"' sh "$2" "$3" </dev/null)
  fi
  status=$?
  printf '\\n%s \\n\\n%s.\\n' "$1" "$1" >&2
  printf '\\n%s \\nexit %s\\nboot %s\\n%s\\n' "$1" $status "$boot" "$agent"
  clear
  echo "$1$disks" >&4
}
`
}

/**
 * For a second shell, which is there already when the guest can start no other: `s SIGNAL` for all that a test runs, and
 * not for the process `agent`.
 */
export function wardenScript(name: string, agent: number): string {
  return `s() { while read -r p; do [ "$p" = ${agent} ] || kill -s "$1" "$p"; done <${cgroups}/${name}/cgroup.procs; } 2>/dev/null\n`
}
