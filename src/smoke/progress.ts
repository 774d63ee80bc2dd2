import { info, quoted } from '../runtime/log.js'
import { formatDuration } from '../runtime/units.js'
import { excerpt, type TestResult } from './result.js'

/** Characters of each stream of a failed test that the log shows; the reports have more. */
const shown = 4000

/** One line for the job log as a test ends; beneath it, what a failed test printed. */
export function logResult(result: TestResult): void {
  info(resultLine(result))
  if (result.status !== 'failed') return
  for (const [name, text] of [
    ['stdout', result.stdout],
    ['stderr', result.stderr],
    ['console', result.console.join('\n')],
  ] as const) {
    if (text === '') continue
    info(`       ${name}:`)
    quoted(excerpt(text, shown))
  }
}

/** `FAIL  replica-status  30.2 s  not true within 30.0 s: exit status 7, expected 0` */
export function resultLine(result: TestResult): string {
  const label = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[result.status]
  const time = result.status === 'skipped' ? undefined : formatDuration(result.seconds * 1000)
  const note = result.flaky
    ? `flaky: passed at attempt ${result.attempts.length}; at first: ${result.reason ?? ''}`
    : result.reason
  return [label, result.name, time, note].filter((part) => part !== undefined).join('  ')
}
