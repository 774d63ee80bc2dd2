import { setTimeout } from 'node:timers/promises'
import { type GuestResult, runSsh } from '../../ssh/session.js'
import type { Qmp } from '../qmp.js'
import { untilBanner } from './knock.js'
import { lend } from './relay.js'

/** How the last attempt to log in went. */
export type Attempt = 'host-key' | 'auth' | 'other'

export interface Readiness {
  readonly qmp: Pick<Qmp, 'execute'>
  readonly port: number
  readonly configFile: string
  readonly signal: AbortSignal
  /** sshd's banner has been seen. */
  readonly onListening: () => void
  readonly onAttempt: (attempt: Attempt, stderr: string) => void
}

/** Bytes of an attempt's output that are kept: enough for ssh's longest complaint. */
const limit = 4096

export const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Waits until a command has run in the guest over SSH and gives its boot_id. Only a full handshake proves the guest,
 * and it is dear for one that is emulated and still booting; so one is tried only when sshd's banner has come, over
 * the very connection on which it came. The client waits for it from the first attempt to connect.
 */
export async function untilReady({ qmp, port, configFile, signal, ...on }: Readiness): Promise<string> {
  for (;;) {
    let begin = (): void => undefined
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const connection = untilBanner(qmp, port, signal, begin)
    connection.then(on.onListening, () => undefined)
    await Promise.race([begun, connection])
    const result = await lend(connection, (lent) =>
      runSsh(configFile, 'cat /proc/sys/kernel/random/boot_id', { signal, limit, port: lent }),
    )
    await connection
    const bootId = result.stdout.trim()
    const ran = result.exitCode === 0
    if (ran && uuid.test(bootId)) return bootId
    signal.throwIfAborted()
    if (ran) on.onAttempt('other', 'the guest answered with something else than its boot_id')
    else on.onAttempt(kindOf(result), result.stderr)
    // While a guest boots, sshd refuses all but root (pam_nologin); that passes.
    await setTimeout(1000, undefined, { signal })
  }
}

/** Source of the phrases: OpenSSH sshconnect.c and sshconnect2.c. */
export function kindOf({ stderr }: Pick<GuestResult, 'stderr'>): Attempt {
  if (
    /Host key verification failed|No .* host key is known|REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr)
  ) {
    return 'host-key'
  }
  if (/Permission denied|Too many authentication failures/.test(stderr)) return 'auth'
  return 'other'
}
