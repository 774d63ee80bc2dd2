import { setTimeout } from 'node:timers/promises'
import { Failure } from '../runtime/errors.js'
import { type Guest, verdictWithin } from '../vm/guest.js'
import { logResult } from './progress.js'
import { inertLine, type TestResult } from './result.js'
import { GuestLost, runTest } from './run-test.js'
import type { SmokeTest } from './test.js'

/**
 * Runs tests one after another in the one guest. When the guest goes away, the test it went under fails and the
 * rest are skipped: there is a result for every test, whatever happens.
 */
export async function runShared(
  guest: Guest,
  tests: readonly SmokeTest[],
  retries: number,
): Promise<TestResult[]> {
  const results = new Map<string, TestResult>()
  let ended: string | undefined
  for (const test of tests) {
    if (guest.died.aborted) ended ??= deathOf(guest)
    const reason = ended ?? unmet(test, results)
    const started = performance.now()
    const result =
      reason === undefined
        ? await runTest(guest, test, retries).catch(async (error: unknown) => {
            if (!(error instanceof GuestLost)) throw error
            const cause = await causeOfLoss(guest)
            ended = `${cause} during ${test.name}`
            return withoutAttempt(test, 'failed', cause, performance.now() - started)
          })
        : withoutAttempt(test, 'skipped', reason)
    results.set(test.name, result)
    logResult(result)
  }
  return [...results.values()]
}

/** The result of a test that gave none itself. */
export function withoutAttempt(
  test: SmokeTest,
  status: 'failed' | 'skipped',
  reason: string,
  milliseconds = 0,
): TestResult {
  return {
    name: inertLine(test.name),
    source: test.source,
    status,
    flaky: false,
    seconds: Math.round(milliseconds) / 1000,
    reason: inertLine(reason),
    attempts: [],
    stdout: '',
    stderr: '',
    subtests: [],
  }
}

function unmet(test: SmokeTest, results: ReadonlyMap<string, TestResult>): string | undefined {
  const missing = test.needs
    .map((name) => results.get(name))
    .find((result) => result?.status === 'failed' || result?.status === 'skipped')
  return missing === undefined
    ? undefined
    : `it needs ${missing.name}, which ${missing.status === 'failed' ? 'failed' : 'was skipped'}`
}

async function causeOfLoss(guest: Guest): Promise<string> {
  await setTimeout(verdictWithin, undefined, { signal: guest.died }).catch(() => undefined)
  return guest.died.aborted ? deathOf(guest) : 'the connection to the guest was lost'
}

function deathOf(guest: Guest): string {
  const reason: unknown = guest.died.reason
  return reason instanceof Failure ? `the VM died (${reason.class}: ${reason.message})` : 'the VM died'
}
