import { setTimeout } from 'node:timers/promises'
import { Failure } from '../../runtime/errors.js'
import { statOf } from '../../runtime/process-identity.js'
import type { Qmp } from '../qmp.js'

/** Milliseconds between looks at whether QEMU still moves, and without an answer from it until it counts as frozen. */
const heartbeat = 1000
const frozenAfter = 15_000

/** Watches a QEMU, which neither ends nor says a word when it has been stopped or hangs. Undefined after `signal`. */
export async function untilFrozen(pid: number, qmp: Qmp, signal: AbortSignal): Promise<Failure | undefined> {
  let answered = performance.now()
  let asked = false
  let stoppedBefore = false
  while (!signal.aborted) {
    await setTimeout(heartbeat, undefined, { ref: false })
    const stopped = isStopped(pid)
    if ((stopped && stoppedBefore) || performance.now() - answered > frozenAfter) {
      const message = stopped ? 'QEMU has been stopped by a signal' : 'QEMU no longer answers'
      return new Failure({ class: 'qemu-frozen', message })
    }
    stoppedBefore = stopped
    if (asked) continue
    asked = true
    qmp.execute('query-status').then(
      () => {
        answered = performance.now()
        asked = false
      },
      () => undefined,
    )
  }
  return undefined
}

/** True when a process has been stopped by a signal. Source: proc(5), the state T. */
export function isStopped(pid: number): boolean {
  try {
    return statOf(pid)[0] === 'T'
  } catch {
    return false
  }
}
