import { setTimeout } from 'node:timers/promises'
import { Failure, UserError } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { runSsh } from '../ssh/session.js'
import { bannerSeen } from '../vm/back.js'
import { inGuest, type WatchedVm } from '../vm/guest.js'
import { kindOf, uuid } from '../vm/supervisor/readiness.js'
import type { UpgradeInputs } from './inputs.js'
import { readBootId, readSlot } from './system.js'

/** Milliseconds between two looks at a guest that restarts, or at a slot on trial. */
const pause = 1000

export interface Restarted {
  readonly bootId: string
  /** Milliseconds until a command had run after the restart for the first time, and from then on until the slot was settled. */
  readonly restart: number
  readonly settle: number
}

/**
 * Follows a guest through its restarts until it runs a slot that is settled. A connection proves nothing: the one
 * before the restart answers for a while, and a new slot that fails its trial accepts one until it restarts.
 * @param before the boot_id that is to change
 * @throws {Failure} host-key when the guest comes back as another
 */
export async function untilSettled(
  vm: WatchedVm,
  before: string,
  { slotCommand }: Pick<UpgradeInputs, 'slotCommand'>,
  signal: AbortSignal,
): Promise<Restarted> {
  const started = performance.now()
  let back: number | undefined
  let complaint = ''
  for (;;) {
    await untilNextBoot(vm, before, signal)
    back ??= performance.now()
    const outcome = await untilSettledOrLost(vm, slotCommand, signal)
    if ('bootId' in outcome) {
      return { ...outcome, restart: back - started, settle: performance.now() - back }
    }
    if (outcome.trouble !== complaint) info(`  ${outcome.trouble}`)
    complaint = outcome.trouble
    await setTimeout(pause, undefined, { signal })
  }
}

/** Until a command has run in a boot other than `before`. */
async function untilNextBoot({ client }: WatchedVm, before: string, signal: AbortSignal): Promise<void> {
  const { port, configFile } = client.state.ssh
  for (;;) {
    if (await bannerSeen(port ?? NaN)) {
      const result = await runSsh(configFile, 'cat /proc/sys/kernel/random/boot_id', { signal })
      signal.throwIfAborted()
      if (kindOf(result) === 'host-key') throw anotherHostKey(result.stderr)
      const bootId = result.stdout.trim()
      if (result.exitCode === 0 && uuid.test(bootId) && bootId !== before) return
    }
    await setTimeout(pause, undefined, { signal })
  }
}

/**
 * The boot_id once the slot that runs is settled; what went wrong when it no longer answers, for it restarts. Both by one
 * connection: a guest that gives a slot up at once may be in its next boot by the time that another is made.
 */
async function untilSettledOrLost(
  vm: WatchedVm,
  slotCommand: string,
  signal: AbortSignal,
): Promise<{ readonly bootId: string } | { readonly trouble: string }> {
  try {
    return await inGuest(vm, async (guest) => {
      while (!(await readSlot(guest, slotCommand)).settled) await setTimeout(pause, undefined, { signal })
      return { bootId: await readBootId(guest) }
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof UserError) return { trouble: error.message }
    throw error
  }
}

function anotherHostKey(stderr: string): Failure {
  return new Failure({
    class: 'host-key',
    message: 'the guest has another host key than before the upgrade',
    advice: 'What is to outlive an upgrade has to be kept outside of the slots.',
    evidence: stderr.trim().split('\n'),
  })
}
