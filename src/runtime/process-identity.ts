import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** A process that no later one of the same number can be taken for. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from the host's start to the process's. */
  readonly started: number
}

/**
 * The fields of /proc/pid/stat after the process's name, its state first; the name, in brackets, may hold anything.
 * Source: proc(5)
 * @throws {Error} when there is no process of that number
 */
export function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** The identity of a running process; undefined when there is none of that number. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  try {
    const [state, ...fields] = statOf(pid)
    const ended = state === 'Z' || state === 'X'
    return ended ? undefined : { pid, started: Number(fields[18]) }
  } catch {
    return undefined
  }
}

export function lives({ pid, started }: ProcessIdentity): boolean {
  return identityOf(pid)?.started === started
}

/**
 * Where process numbers mean the same: this boot of this host, this container. 16 hexadecimal digits.
 * Source: namespaces(7), random(4)
 */
export function processSpace(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
  return createHash('sha256')
    .update(boot + readlinkSync('/proc/self/ns/pid'))
    .digest('hex')
    .slice(0, 16)
}
