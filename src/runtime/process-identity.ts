import { readFileSync, readlinkSync } from 'node:fs'

/** A process that no later one of the same number can be taken for. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from the host's start to the process's. */
  readonly started: number
}

/** The identity of a running process; undefined when there is none of that number. Source: proc(5), /proc/pid/stat. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in brackets, may hold anything.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ended = state === 'Z' || state === 'X'
    return ended ? undefined : { pid, started: Number(fields[18]) }
  } catch {
    return undefined
  }
}

export function lives({ pid, started }: ProcessIdentity): boolean {
  return identityOf(pid)?.started === started
}

/** Where process numbers mean the same: this boot of this host, this container. Source: namespaces(7), random(4). */
export function processSpace(): string {
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
}
