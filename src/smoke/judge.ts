import type { GuestResult } from '../ssh/session.js'
import { formatDuration } from '../runtime/units.js'
import { excerpt, type Status, type SubResult } from './result.js'
import { readTap } from './tap-input.js'
import type { Matcher, SmokeTest } from './test.js'

/** Exit status by which a test says that it does not apply here. Source: GNU Automake manual, "Scripts-based Testsuites". */
const skipStatus = 77

/** Raw guest text may be in it. */
export interface Verdict {
  readonly status: Status
  readonly timedOut: boolean
  readonly reason?: string
  readonly subtests: readonly SubResult[]
}

/** Whether what a test gave is what it should give. `limit`: the milliseconds it had. */
export function judge(
  test: Pick<SmokeTest, 'action' | 'expect'>,
  result: GuestResult,
  limit: number,
): Verdict {
  const tap = 'script' in test.action ? undefined : readTap(result.stdout)
  const subtests = tap?.subtests ?? []
  if (result.timedOut) {
    const kept = result.exitCode === null ? ', and it could not be ended' : ''
    const reason = `no end within ${formatDuration(limit)}${kept}`
    return { status: 'failed', timedOut: true, reason, subtests }
  }
  if (test.expect.exit === undefined && result.exitCode === skipStatus) {
    const reason = excerpt(result.stdout.trim(), 200)
    return {
      status: 'skipped',
      timedOut: false,
      reason: reason === '' ? `exit status ${skipStatus}` : reason,
      subtests,
    }
  }
  const reason =
    tap?.problem ??
    wrongExit(test.expect.exit ?? 0, result) ??
    mismatch('stdout', test.expect.stdout, result) ??
    mismatch('stderr', test.expect.stderr, result) ??
    test.expect.wrong?.(result)
  if (reason !== undefined) return { status: 'failed', timedOut: false, reason, subtests }
  if (tap?.skipped !== undefined) return { status: 'skipped', timedOut: false, reason: tap.skipped, subtests }
  return { status: 'passed', timedOut: false, subtests }
}

/** With the last line of standard error, where most programs say what is wrong. */
function wrongExit(expected: number, { exitCode, stderr }: GuestResult): string | undefined {
  if (exitCode === expected) return undefined
  const said = stderr.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return `exit status ${String(exitCode)}, expected ${expected}${said === '' ? '' : `: ${excerpt(said, 200)}`}`
}

function mismatch(
  stream: 'stdout' | 'stderr',
  matcher: Matcher | undefined,
  result: GuestResult,
): string | undefined {
  if (matcher === undefined) return undefined
  const text = result[stream]
  const cut = result.truncated ? ' (its middle was left out)' : ''
  if ('contains' in matcher) {
    return text.includes(matcher.contains)
      ? undefined
      : `${stream}${cut} does not contain ${JSON.stringify(matcher.contains)}`
  }
  if ('matches' in matcher) {
    return matcher.matches.test(text)
      ? undefined
      : `${stream}${cut} does not match /${matcher.matches.source}/`
  }
  return text.trim() === matcher.equals
    ? undefined
    : `${stream} is ${JSON.stringify(excerpt(text.trim(), 200))}, expected ${JSON.stringify(matcher.equals)}`
}
