import { setTimeout } from 'node:timers/promises'
import { formatDuration } from '../runtime/units.js'
import type { GuestResult } from '../ssh/session.js'
import { environmentOf } from './environment.js'
import { backWithin, type Ground, type Trial } from './ground.js'
import { guestCommand } from './guest-command.js'
import { judge, type Verdict } from './judge.js'
import { type Attempt, inertLine, inertOutput, type TestResult } from './result.js'
import type { SmokeTest } from './test.js'

/** Milliseconds between two tries of a test that has time to become true. */
const pollInterval = 500

/** Sub-results that a report keeps. */
const subtestLimit = 1000

export interface RunOptions {
  readonly retries: number
  /** The version that the image was built as, for the tests' environment. */
  readonly version: string | undefined
}

/** What a test alone can tell of itself. */
export type OwnResult = Omit<TestResult, 'vm' | 'isolation' | 'console'>

export interface TestRun {
  readonly result: OwnResult
  /** The guest rebooted under it, which it had not said, so many milliseconds after its last try had begun. */
  readonly rebootedAfter?: number
  /** Why no test may run in the guest after it. */
  readonly end?: string
}

interface Try {
  readonly verdict: Verdict
  readonly output: GuestResult
  readonly rebooted: boolean
  readonly end?: string
}

/** Runs one test, again up to `retries` times while it fails and the guest is still fit for it. */
export async function runTest(ground: Ground, test: SmokeTest, options: RunOptions): Promise<TestRun> {
  const attempts: Attempt[] = []
  for (;;) {
    const { attempt, last } = await runAttempt(ground, test, attempts.length + 1, options)
    attempts.push(attempt)
    const again = attempt.status === 'failed' && attempts.length <= options.retries
    if (again && last.end === undefined && !last.rebooted) continue
    const flaky = attempt.status === 'passed' && attempts.length > 1
    const reason = flaky ? attempts[0]?.reason : attempt.reason
    const result = {
      name: inertLine(test.name),
      source: test.source,
      status: attempt.status,
      flaky,
      seconds: attempts.reduce((sum, { seconds }) => sum + seconds, 0),
      ...(reason !== undefined && { reason }),
      attempts,
      stdout: inertOutput(last.output.stdout),
      stderr: inertOutput(last.output.stderr),
      subtests: last.verdict.subtests.slice(0, subtestLimit).map((subtest) => ({
        name: inertLine(subtest.name),
        status: subtest.status,
        ...(subtest.reason !== undefined && { reason: inertLine(subtest.reason) }),
      })),
    }
    return {
      result,
      ...(last.rebooted && { rebootedAfter: last.output.milliseconds }),
      ...(last.end !== undefined && { end: last.end }),
    }
  }
}

/** Tries a test once, or until it has become true within its time. */
async function runAttempt(
  ground: Ground,
  test: SmokeTest,
  number: number,
  options: RunOptions,
): Promise<{ attempt: Attempt; last: Try }> {
  const started = performance.now()
  const elapsed = (): number => performance.now() - started
  const command = guestCommand(test, environmentOf(test, number, ground.vm, options.version))
  let tries = 0
  for (;;) {
    const left = test.within === undefined ? Infinity : Math.max(test.within - elapsed(), 0)
    // The guest's own timeout knows whole seconds.
    const limit = Math.max(Math.ceil(Math.min(test.timeout, left) / 1000), 1)
    const last = await outcome(ground, test, await ground.run(command, limit), limit)
    tries += 1
    const { status, timedOut, reason } = last.verdict
    const fit = last.end === undefined && !last.rebooted
    if (status === 'failed' && fit && test.within !== undefined && elapsed() + pollInterval < test.within) {
      await setTimeout(pollInterval)
      continue
    }
    const late =
      status === 'failed' && test.within !== undefined
        ? `not true within ${formatDuration(test.within)}: `
        : ''
    const attempt: Attempt = {
      status,
      seconds: Math.round(elapsed()) / 1000,
      tries,
      exitCode: last.output.exitCode,
      timedOut,
      ...(reason !== undefined && { reason: inertLine(`${late}${reason}`) }),
    }
    return { attempt, last }
  }
}

/** What one try comes to: what the test gave, and what it did to the guest. `limit` in seconds. */
async function outcome(ground: Ground, test: SmokeTest, trial: Trial, limit: number): Promise<Try> {
  const { output, left, harm } = trial
  const given = judge(test, output, limit * 1000)
  const failed = (reason: string, end?: string, rebooted = false): Try => ({
    ...{ output, rebooted },
    verdict: { ...given, status: 'failed', reason },
    ...(end !== undefined && { end }),
  })
  const asked = test.reboots && trial.fate.kind === 'stays' && given.status === 'passed'
  const fate = asked ? await ground.reboot(backWithin) : trial.fate
  switch (fate.kind) {
    case 'gone':
      return failed(fate.cause, `${fate.cause} during ${test.name}`)
    case 'cut':
      return failed(output.timedOut ? (given.reason ?? '') : 'the connection to the guest was lost')
    case 'rebooted':
      if (!test.reboots)
        return failed('the guest rebooted, and the test does not say that it does so', undefined, true)
      return { output, rebooted: false, verdict: { ...given, status: 'passed' } }
    case 'stays': {
      const still = asked ? `the guest did not reboot within ${formatDuration(backWithin)}` : undefined
      // What was ended at its time limit had no chance to end what it had started.
      const strays = output.timedOut ? undefined : left
      const wrong = [given.status === 'failed' ? given.reason : still, strays, harm].filter(
        (part) => part !== undefined,
      )
      if (harm !== undefined) return failed(wrong.join('; '), `${test.name} spoiled the guest: ${harm}`)
      if (wrong.length > 0) return failed(wrong.join('; '))
      return { output, rebooted: false, verdict: given }
    }
  }
}
