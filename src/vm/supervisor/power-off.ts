import { setTimeout } from 'node:timers/promises'
import type { Qmp } from '../qmp.js'
import type { Qemu } from './qemu.js'

/** Milliseconds a guest has to power itself off, then QEMU to quit: within the 7.5 s a cancelled step is given. */
const powerdownWait = 4500
export const quitWait = 1000

/**
 * Ends a QEMU: by the guest's own hand where it is `asked`, else by QMP, and by force when that takes too long.
 * @param over aborted when the VM has met its fate; then only force is left
 */
export async function powerOff(
  qemu: Qemu | undefined,
  qmp: Qmp | undefined,
  { asked, over }: { readonly asked: boolean; readonly over: AbortSignal },
): Promise<void> {
  const within = (milliseconds: number): Promise<unknown> =>
    Promise.race([qemu?.ended, setTimeout(milliseconds, undefined, { signal: over, ref: false })]).catch(
      () => undefined,
    )
  if (asked) {
    void qmp?.execute('system_powerdown').catch(() => undefined)
    await within(powerdownWait)
  }
  if (!over.aborted) {
    void qmp?.execute('quit').catch(() => undefined)
    await within(quitWait)
  }
  qemu?.process.kill('SIGKILL')
}
