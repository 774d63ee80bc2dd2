import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Failure } from '../../runtime/errors.js'
import { runSsh } from '../../ssh/session.js'
import { type Attempt, kindOf, uuid } from './readiness.js'

/**
 * Shell text with which a fork takes the time and fresh randomness from the host and shows its boot_id. What is written
 * to urandom is mixed in but used only at the next reseeding, up to a minute later; the ioctl RNDRESEEDCRNG (0x5207)
 * brings that about, unless the kernel has a driver for vmgenid and did so itself. Source: Linux drivers/char/random.c
 * Each process that it starts costs an emulated guest tens of milliseconds.
 */
export function awakening(user: string): string {
  const asRoot = user === 'root' ? '' : 'sudo -n '
  return `
set -e
echo awake
read -r now seed
${asRoot}date -s "@$now" >/dev/null
echo "$seed" >/dev/urandom
[ -e /sys/bus/acpi/drivers/vmgenid ] ||
${asRoot}perl -e 'open(POOL, ">", "/dev/urandom"); ioctl(POOL, 0x5207, 0) or die "RNDRESEEDCRNG: $!"' ||
${asRoot}python3 -c 'import fcntl; fcntl.ioctl(open("/dev/urandom", "w"), 0x5207)'
read -r boot </proc/sys/kernel/random/boot_id
echo "$boot"
`
}

/** Milliseconds between attempts to log in. */
const pause = 200

/** Bytes of an attempt's output that are kept. */
const limit = 4096

/** What ssh itself gives when it got no command to run. Source: ssh(1). */
const sshTrouble = 255

export interface Awakening {
  readonly configFile: string
  readonly user: string
  readonly signal: AbortSignal
  readonly onAttempt: (attempt: Attempt, stderr: string) => void
}

/**
 * Waits until a fork has corrected its clock and renewed its random pool, in one command over SSH, and gives its boot_id.
 * @throws {Failure} missing-tool when the guest has not what that takes
 */
export async function awaken({ configFile, user, signal, onAttempt }: Awakening): Promise<string> {
  for (;;) {
    const result = await runSsh(configFile, awakening(user), { signal, limit, input: fromHost })
    const bootId = result.stdout.trim().split('\n').at(-1) ?? ''
    if (result.exitCode === 0 && uuid.test(bootId)) return bootId
    signal.throwIfAborted()
    if (result.exitCode !== sshTrouble && result.exitCode !== null) throw cannotAwaken(result.stderr)
    onAttempt(kindOf(result), result.stderr)
    await setTimeout(pause, undefined, { signal })
  }
}

/** Made when the guest already waits for it, so that the time is not that of before the connection. */
function fromHost(): string {
  return `${(Date.now() / 1000).toFixed(3)} ${randomBytes(64).toString('hex')}\n`
}

function cannotAwaken(stderr: string): Failure {
  return new Failure({
    class: 'missing-tool',
    message: 'a fork could not correct its clock and renew its random pool',
    advice: 'The user in the guest has to be root or have sudo without a password, and perl or python3.',
    evidence: stderr.trim().split('\n'),
  })
}
