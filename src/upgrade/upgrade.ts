import { Failure, UserError } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { addSummary } from '../runtime/summary.js'
import { formatDuration } from '../runtime/units.js'
import { type Guest, inGuest, type WatchedVm, withVm } from '../vm/guest.js'
import { untilSettled } from './follow.js'
import type { UpgradeInputs } from './inputs.js'
import { install } from './install.js'
import { isRefused, judge } from './judge.js'
import { Progress } from './progress.js'
import { upgradeSummary } from './summary.js'
import { asRoot, readSystem, type System } from './system.js'

/** Seconds of each part of an upgrade, in their order. */
export type Timings = Readonly<Partial<Record<'copy' | 'install' | 'restart' | 'trial' | 'health', number>>>

export interface UpgradeOutcome {
  readonly before: System | undefined
  readonly after: System | undefined
  readonly timings: Timings
  /** Why the step fails, if it does. */
  readonly problem: Error | undefined
}

/** What is known of an upgrade so far. */
interface Journal {
  before?: System
  after?: System
  timings: Timings
}

/** Milliseconds in which a guest that was told to restart drops the connection. */
const farewell = 60_000

/**
 * Installs an update in a running VM, restarts it into the new slot, and sees what becomes of it.
 * @throws {InputError} when there is no VM
 */
export async function runUpgrade(inputs: UpgradeInputs): Promise<UpgradeOutcome> {
  const journal: Journal = { timings: {} }
  let problem: Error | undefined
  try {
    problem = await withVm(inputs.vm, (vm) => upgradeIn(vm, inputs, journal))
  } catch (error) {
    if (!(error instanceof Failure || error instanceof UserError)) throw error
    problem = error
  }
  const outcome: UpgradeOutcome = {
    before: journal.before,
    after: journal.after,
    timings: journal.timings,
    problem,
  }
  addSummary(upgradeSummary(inputs, outcome))
  return outcome
}

async function upgradeIn(vm: WatchedVm, inputs: UpgradeInputs, journal: Journal): Promise<Error | undefined> {
  // From here on a start that fails is for us to judge.
  vm.client.send('trial')
  const progress = new Progress(vm.client)
  const deadline = new AbortController()
  const timer = setTimeout(() => {
    deadline.abort(outOfTime(inputs.timeout, progress))
  }, inputs.timeout)
  const signal = AbortSignal.any([vm.died, deadline.signal])
  const seconds = (timings: Timings): void => {
    journal.timings = { ...journal.timings, ...timings }
  }
  try {
    const { before, installation } = await inGuest(vm, async (guest) => {
      const before = await readSystem(guest, inputs)
      journal.before = before
      if (!before.settled) throw new UserError(`Slot ${before.slot} is on trial itself`)
      info(`Slot ${before.slot} runs version ${before.version}`)
      const installation = await install(guest, inputs, progress, signal)
      signal.throwIfAborted()
      seconds({ copy: installation.copy / 1000, install: installation.install / 1000 })
      if (installation.exitCode === 0) await restart(guest, progress)
      return { before, installation }
    })

    let { bootId } = before
    if (isRefused(installation)) info(`The update was refused: ${installation.said}`)
    else {
      const restarted = await untilSettled(vm, bootId, inputs, signal)
      bootId = restarted.bootId
      seconds({ restart: restarted.restart / 1000, trial: restarted.settle / 1000 })
      vm.client.send('booted', { bootId })
      await vm.client.until((state) => state.bootId === bootId)
    }
    const after = await inGuest(vm, async (guest) => {
      const started = performance.now()
      progress.during(() => 'waiting for health-command')
      await checkHealth(guest, inputs, signal)
      seconds({ health: (performance.now() - started) / 1000 })
      return readSystem(guest, inputs)
    })
    journal.after = after
    info(`Slot ${after.slot} runs version ${after.version}`)
    if (after.bootId !== bootId)
      return new UserError('The guest has restarted once more, after it was settled')
    return judge(inputs, { before, installation, after, ...progress.story() })
  } catch (error) {
    // Whatever an abort broke off, its reason says why.
    signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    progress.end()
  }
}

/** ssh's own status, which it also has for a command that a signal ended. Source: ssh(1), EXIT STATUS */
const sshLost = 255

/** The guest may drop the connection before it answers; that it restarts is seen by its boot_id. */
async function restart(guest: Guest, progress: Progress): Promise<void> {
  info('Restarting')
  progress.during(() => 'waiting for the guest to restart')
  const { exitCode, stderr } = await guest.run(asRoot('reboot'), {
    timeout: farewell,
    signal: progress.restarted,
  })
  if (exitCode !== null && exitCode !== 0 && exitCode !== sshLost) {
    throw new UserError(`The guest cannot be restarted: ${stderr.trim()}`)
  }
}

async function checkHealth(
  guest: Guest,
  { healthCommand }: UpgradeInputs,
  signal: AbortSignal,
): Promise<void> {
  const { exitCode, stdout, stderr } = await guest.run(asRoot(healthCommand), { signal })
  signal.throwIfAborted()
  if (exitCode === 0) return
  const failed = await guest.run('systemctl list-units --failed --plain --no-legend --no-pager', {
    timeout: farewell,
  })
  throw new Failure({
    class: 'unit-failed',
    message: `health-command ended with status ${exitCode ?? 'none'}: ${`${stderr}${stdout}`.trim().slice(0, 200)}`,
    evidence: failed.stdout.trim().split('\n'),
  })
}

function outOfTime(timeout: number, { starts }: Progress): Failure {
  return new Failure({
    class: 'boot-timeout',
    message: `the upgrade had not come to an end within ${formatDuration(timeout)}: ${
      starts === 0 ? 'the guest has not restarted' : `start ${starts} has led to no slot that is settled`
    }`,
    advice:
      'If it only needs longer, raise the input timeout; an emulated guest (tcg) takes about ten times as long.',
  })
}
