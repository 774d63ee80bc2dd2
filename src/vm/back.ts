import { createConnection } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type Failure, UserError } from '../runtime/errors.js'
import { formatDuration } from '../runtime/units.js'
import { runSsh } from '../ssh/session.js'
import { withVm } from './guest.js'

/** Milliseconds to wait for the banner of an accepted connection: QEMU accepts before anybody listens in the guest. */
const bannerWait = 1500

/** Milliseconds between two looks. */
const pause = 500

/**
 * Waits until a guest that restarts, or has dropped its connections, takes a command over SSH again.
 * @param within milliseconds
 * @throws {Failure} at once, when the VM is dead or dies meanwhile
 * @throws {UserError} when the time is over
 */
export async function untilBack(folder: string, within: number): Promise<void> {
  await withVm(folder, async ({ client, died }) => {
    const late = AbortSignal.timeout(within)
    const signal = AbortSignal.any([died, late])
    const { port, configFile } = client.state.ssh
    while (!signal.aborted) {
      if ((await bannerSeen(port ?? NaN)) && (await runSsh(configFile, 'true', { signal })).exitCode === 0)
        return
      await setTimeout(pause)
    }
    if (died.aborted) throw died.reason as Failure
    throw new UserError(`the guest was not back within ${formatDuration(within)}`)
  })
}

/** True when something at the port says it speaks SSH (RFC 4253, section 4.2); a login is dear for a guest that boots. */
export function bannerSeen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    const end = (seen: boolean): void => {
      socket.destroy()
      resolve(seen)
    }
    socket.setTimeout(bannerWait, () => {
      end(false)
    })
    socket.once('data', (data) => {
      end(data.toString('latin1').startsWith('SSH-'))
    })
    for (const event of ['error', 'close']) {
      socket.once(event, () => {
        end(false)
      })
    }
  })
}
