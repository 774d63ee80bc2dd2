import { setTimeout } from 'node:timers/promises'
import { formatDuration } from '../runtime/units.js'
import type { GuestResult } from '../ssh/session.js'
import type { Guest } from '../vm/guest.js'
import { guestCommand, killAfter } from './guest-command.js'
import { judge, type Verdict } from './judge.js'
import { type Attempt, inertLine, inertOutput, type TestResult } from './result.js'
import type { SmokeTest } from './test.js'

/** Milliseconds between two tries of a test that has time to become true. */
const pollInterval = 500

/** Milliseconds beyond the guest's own time limit after which the connection of a test is cut. */
const patience = (killAfter + 10) * 1000

/** Sub-results that a report keeps. */
const subtestLimit = 1000

/** The guest went away while a test ran. */
export class GuestLost extends Error {
  override readonly name = 'GuestLost'
}

interface Try {
  readonly verdict: Verdict
  readonly output: GuestResult
}

/**
 * Runs one test in the guest, again up to `retries` times while it fails.
 * @throws {GuestLost} when the connection ends under it
 */
export async function runTest(guest: Guest, test: SmokeTest, retries: number): Promise<TestResult> {
  const attempts: Attempt[] = []
  for (;;) {
    const { attempt, last } = await runAttempt(guest, test)
    attempts.push(attempt)
    if (attempt.status === 'failed' && attempts.length <= retries) continue
    const flaky = attempt.status === 'passed' && attempts.length > 1
    const reason = flaky ? attempts[0]?.reason : attempt.reason
    return {
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
  }
}

/** Tries a test once, or until it has become true within its time. */
async function runAttempt(guest: Guest, test: SmokeTest): Promise<{ attempt: Attempt; last: Try }> {
  const started = performance.now()
  const elapsed = (): number => performance.now() - started
  let tries = 0
  for (;;) {
    const left = test.within === undefined ? Infinity : Math.max(test.within - elapsed(), 0)
    const last = await tryOnce(guest, test, Math.min(test.timeout, left))
    tries += 1
    const { status, timedOut, reason } = last.verdict
    const again = status === 'failed' && test.within !== undefined && elapsed() + pollInterval < test.within
    if (again) {
      await setTimeout(pollInterval, undefined, { signal: guest.died }).catch(() => undefined)
      continue
    }
    const late =
      status === 'failed' && test.within !== undefined
        ? `not true within ${formatDuration(test.within)}: `
        : ''
    const seconds = elapsed() / 1000
    const attempt: Attempt = {
      status,
      seconds: Math.round(seconds * 1000) / 1000,
      tries,
      exitCode: last.output.exitCode,
      timedOut,
      ...(reason !== undefined && { reason: inertLine(`${late}${reason}`) }),
    }
    return { attempt, last }
  }
}

/** `limit` in milliseconds; the guest's timeout knows whole seconds. */
async function tryOnce(guest: Guest, test: SmokeTest, limit: number): Promise<Try> {
  const seconds = Math.max(Math.ceil(limit / 1000), 1)
  const { command, input } = guestCommand(test, seconds)
  const output = await guest.run(command, {
    timeout: seconds * 1000 + patience,
    ...(input !== undefined && { input }),
  })
  if (output.exitCode === null && !output.timedOut) throw new GuestLost(inertOutput(output.stderr, 500))
  return { verdict: judge(test, output, seconds * 1000), output }
}
