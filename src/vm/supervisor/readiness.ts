import { createConnection } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type GuestResult, runSsh } from '../../ssh/session.js'

/** How the last attempt to log in went. */
export type Attempt = 'host-key' | 'auth' | 'other'

export interface Readiness {
  readonly port: number
  readonly configFile: string
  readonly signal: AbortSignal
  /** sshd's banner has been seen. */
  readonly onListening: () => void
  readonly onAttempt: (attempt: Attempt, stderr: string) => void
}

/** Milliseconds between looks at the port while nobody listens in the guest; such a look costs the guest next to nothing. */
const pause = 100

/** Milliseconds to wait for the banner of an accepted connection: QEMU accepts before anybody listens in the guest. */
const bannerWait = 1500

/** Bytes of an attempt's output that are kept: enough for ssh's longest complaint. */
const limit = 4096

export const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Waits until a command has run in the guest over SSH and gives its boot_id. Only a full handshake proves the guest,
 * and it is dear for one that is emulated and still booting; so one is tried only when sshd's banner has been read.
 */
export async function untilReady({ port, configFile, signal, ...on }: Readiness): Promise<string> {
  for (;;) {
    signal.throwIfAborted()
    if (!(await bannerSeen(port))) {
      await setTimeout(pause, undefined, { signal })
      continue
    }
    on.onListening()
    const result = await runSsh(configFile, 'cat /proc/sys/kernel/random/boot_id', { signal, limit })
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

/** True when something at the port says it speaks SSH (RFC 4253, section 4.2). */
function bannerSeen(port: number): Promise<boolean> {
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
    socket.once('error', () => {
      end(false)
    })
    socket.once('close', () => {
      end(false)
    })
  })
}
