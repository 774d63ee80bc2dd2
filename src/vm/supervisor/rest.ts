import { setTimeout } from 'node:timers/promises'
import { statOf } from '../../runtime/process-identity.js'

/** Milliseconds between looks at how busy the guest is, and in which it has to come to rest. */
const interval = 500
const within = 10_000

/** CPUs' worth of work below which a guest is at rest; what a boot leaves to be done takes more than one. */
const atRest = 0.4

/** Clock ticks in a second. Source: proc(5), sysconf(3): USER_HZ, which is 100 on every x86. */
const ticks = 100

/**
 * Waits until the guest of a QEMU has nothing more to do, or 10 s have gone. What it still had to do when it is saved,
 * every fork would do again.
 */
export async function untilAtRest(pid: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + within
  for (let before = cpuSeconds(pid); performance.now() < deadline;) {
    await setTimeout(interval, undefined, { signal })
    const now = cpuSeconds(pid)
    if ((now - before) / (interval / 1000) < atRest) return
    before = now
  }
}

/** CPU seconds that a process has taken. Source: proc(5), utime and stime. */
function cpuSeconds(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[11]) + Number(fields[12])) / ticks
}
