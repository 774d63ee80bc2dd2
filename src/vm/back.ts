import { type Failure, UserError } from '../runtime/errors.js'
import { formatDuration } from '../runtime/units.js'
import { withVm } from './guest.js'
import { untilReady } from './supervisor/readiness.js'

/**
 * Waits until a guest that restarts, or has dropped its connections, takes a command over SSH again.
 * @param within milliseconds
 * @throws {Failure} at once, when the VM is dead or dies meanwhile
 * @throws {UserError} when the time is over
 */
export async function untilBack(folder: string, within: number): Promise<void> {
  await withVm(folder, async ({ client, died }) => {
    const late = AbortSignal.timeout(within)
    const { port, configFile } = client.state.ssh
    const ignore = (): void => undefined
    await untilReady({
      port: port ?? NaN,
      configFile,
      signal: AbortSignal.any([died, late]),
      onListening: ignore,
      onAttempt: ignore,
    }).catch((error: unknown) => {
      if (died.aborted) throw died.reason as Failure
      if (late.aborted) throw new UserError(`the guest was not back within ${formatDuration(within)}`)
      throw error
    })
  })
}
