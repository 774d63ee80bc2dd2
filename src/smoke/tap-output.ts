import { stringify } from 'yaml'
import type { SmokeReport, SubResult, TestResult } from './result.js'

/**
 * The report as TAP 14; sub-results of a test are its subtest.
 * Source: https://testanything.org/tap-version-14-specification.html
 */
export function renderTap(report: SmokeReport): string {
  return [
    'TAP version 14',
    `1..${report.tests.length}`,
    ...report.tests.flatMap((test, index) => [...subtest(test), ...point(test, index + 1)]),
    '',
  ].join('\n')
}

function point(test: TestResult, number: number): string[] {
  const label = test.status === 'failed' ? 'not ok' : 'ok'
  const skip = test.status === 'skipped' ? ` # SKIP ${escape(test.reason ?? '')}` : ''
  return [`${label} ${number} - ${escape(test.name)}${skip}`, ...diagnostics(test)]
}

/** What one wants to know of a test that did not simply pass. */
function diagnostics(test: TestResult): string[] {
  if (test.status === 'passed' && !test.flaky) return []
  const known = {
    ...(test.reason !== undefined && { message: test.reason }),
    ...(test.source !== null && { at: { file: test.source.file, line: test.source.line } }),
    duration_ms: Math.round(test.seconds * 1000),
    attempts: test.attempts.length,
    ...(test.flaky && { flaky: true }),
    ...(test.vm !== null && { vm: test.vm }),
    ...(test.stdout !== '' && { stdout: test.stdout }),
    ...(test.stderr !== '' && { stderr: test.stderr }),
    ...(test.console.length > 0 && { console: test.console }),
  }
  const block = stringify(known, { lineWidth: 0 }).trimEnd().split('\n')
  return ['  ---', ...block.map((line) => `  ${line}`), '  ...']
}

function subtest(test: TestResult): string[] {
  if (test.subtests.length === 0) return []
  return [
    `# Subtest: ${escape(test.name)}`,
    ...test.subtests.map((sub, index) => `    ${subPoint(sub, index + 1)}`),
    `    1..${test.subtests.length}`,
  ]
}

function subPoint({ name, status, reason }: SubResult, number: number): string {
  const label = status === 'failed' || status === 'todo' ? 'not ok' : 'ok'
  const directive = { passed: '', failed: '', skipped: ' # SKIP ', todo: ' # TODO ' }[status]
  const why = directive === '' ? '' : escape(reason ?? '')
  return `${label} ${number} - ${escape(name)}${directive}${why}`.trimEnd()
}

/** A number sign would begin a directive and a line break end the test point. */
function escape(text: string): string {
  return text.replace(/[\\#]/g, '\\$&').replace(/\s+/g, ' ')
}
