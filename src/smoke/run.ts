import type { Failure } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { withoutTime } from '../vm/console.js'
import { ConsoleFollower } from '../vm/console-follower.js'
import { deathOf, Ground } from './ground.js'
import { inertConsole, inertLine, type TestResult } from './result.js'
import { type OwnResult, type RunOptions, runTest } from './run-test.js'
import type { SmokeTest } from './test.js'

/** Milliseconds in which a guest that was asked to reboot drops its connections; an emulated one takes its time. */
const aftershock = 10_000

/** Tests at most that are run again to know which of them had the guest reboot. */
const mostSuspects = 5

export interface GuestRunOptions extends RunOptions {
  /** A console line that one of these matches, while a test runs, fails the test. */
  readonly failOnConsole: readonly RegExp[]
  /** Asked before each test: why it cannot run, once that is known; undefined when it can. */
  readonly unmet: (test: SmokeTest) => Promise<string | undefined>
  /** Told each result as it is there. Of a test that is found guilty later there comes a second one. */
  readonly settle: (test: SmokeTest, result: TestResult) => void
}

/**
 * Runs tests one after another in the guest of the VM in `folder`. Each has a result, whatever happens: when the guest
 * goes away for good, or is spoiled, the test it was during fails and the rest are skipped.
 * @returns why the VM died, where it did
 * @throws {Failure | UserError} when there is no guest to begin with
 */
export async function runIn(
  folder: string,
  tests: readonly SmokeTest[],
  options: GuestRunOptions,
): Promise<Failure | undefined> {
  const ground = await Ground.open(folder)
  try {
    const run = new GuestRun(ground, options)
    for (const test of tests) await run.next(test)
    return ground.death
  } finally {
    await ground.close()
  }
}

/** The result of a test that gave none itself. */
export function withoutAttempt(test: SmokeTest, status: 'failed' | 'skipped', reason: string): TestResult {
  return {
    name: inertLine(test.name),
    source: test.source,
    status,
    flaky: false,
    seconds: 0,
    reason: inertLine(reason),
    attempts: [],
    stdout: '',
    stderr: '',
    subtests: [],
    isolation: test.isolation,
    vm: null,
    console: [],
  }
}

class GuestRun {
  private readonly console: ConsoleFollower
  /** Why nothing runs any more. */
  private end: string | undefined
  /** The tests since the guest last booted, and when they ended (performance.now). */
  private ended: { readonly test: SmokeTest; readonly at: number }[] = []

  constructor(
    private readonly ground: Ground,
    private readonly options: GuestRunOptions,
  ) {
    this.console = new ConsoleFollower(ground.vm.console)
  }

  async next(test: SmokeTest): Promise<void> {
    const unmet = await this.options.unmet(test)
    const { death } = this.ground
    if (death !== undefined) this.end ??= deathOf(death)
    const reason = this.end ?? unmet
    if (reason !== undefined) {
      this.options.settle(test, withoutAttempt(test, 'skipped', reason))
      return
    }
    const started = performance.now()
    const { result, rebootedAfter } = await this.run(test)
    const suspects = this.ended
      .filter(({ at }) => started - at < aftershock)
      .slice(-mostSuspects)
      .map(({ test: other }) => other)
      .reverse()
    if (rebootedAfter !== undefined || test.reboots) this.ended = []
    else this.ended.push({ test, at: performance.now() })
    if (rebootedAfter === undefined || rebootedAfter > aftershock || suspects.length === 0) {
      this.options.settle(test, result)
    } else {
      await this.findCulprit(suspects, test, result)
    }
  }

  /**
   * A guest that was asked to reboot answers for a while, so the test it went away under may be the victim of one
   * before it. Runs those again, each with the time that it takes for the guest to go; then the victim.
   */
  private async findCulprit(
    suspects: readonly SmokeTest[],
    victim: SmokeTest,
    result: TestResult,
  ): Promise<void> {
    const names = suspects.map(({ name }) => name).join(', ')
    info(`The guest rebooted during ${victim.name}. To know whose doing it was, these run again: ${names}`)
    for (const suspect of suspects) {
      const again = await this.run(suspect)
      const guilty =
        again.rebootedAfter !== undefined || (await this.ground.reboot(aftershock)).kind === 'rebooted'
      if (this.end !== undefined) break
      if (!guilty) continue
      const reason = 'the guest rebooted after it, and the test does not say that it does so'
      this.options.settle(suspect, { ...again.result, status: 'failed', reason })
      await this.next(victim)
      return
    }
    this.options.settle(victim, result)
  }

  private async run(test: SmokeTest): Promise<{ result: TestResult; rebootedAfter?: number }> {
    const { result, rebootedAfter, end } = await runTest(this.ground, test, this.options)
    this.end ??= end
    return {
      result: await this.withConsole(test, result),
      ...(rebootedAfter !== undefined && { rebootedAfter }),
    }
  }

  private async withConsole(test: SmokeTest, result: OwnResult): Promise<TestResult> {
    const { failOnConsole } = this.options
    await this.ground.untilLogged()
    const lines = this.console.next()
    const whole: TestResult = {
      ...result,
      isolation: test.isolation,
      vm: this.ground.vm.name,
      console: inertConsole(lines),
    }
    const telling = lines.map(withoutTime).find((line) => failOnConsole.some((pattern) => pattern.test(line)))
    if (telling === undefined || result.status === 'failed') return whole
    return { ...whole, status: 'failed', flaky: false, reason: inertLine(`the console printed: ${telling}`) }
  }
}
