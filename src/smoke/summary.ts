import { cell, table } from '../runtime/summary.js'
import { formatDuration } from '../runtime/units.js'
import { excerpt, formatCounts, type SmokeReport, type TestResult } from './result.js'

/** Rows of the table; a longer list is for the reports. */
const rowLimit = 300

/** Failed tests whose output is shown, and characters of each stream. */
const outputs = { tests: 20, characters: 4000 }

const icons = { failed: '❌', skipped: '⏭️', passed: '✅' } as const

/** The report as Markdown for the step summary: what failed first. */
export function renderSummary(report: SmokeReport): string {
  const order = (test: TestResult): number => (test.status === 'failed' ? 0 : test.flaky ? 1 : 2)
  const tests = [...report.tests].sort((one, other) => order(one) - order(other))
  const left = tests.length - rowLimit
  return [
    `### Smoke tests: ${formatCounts(report.counts)}`,
    '',
    ...(report.failure === undefined
      ? []
      : [`The VM failed: ${cell(report.failure.class)}: ${cell(report.failure.message)}`, '']),
    table(['', 'Test', 'Time', ''], tests.slice(0, rowLimit).map(row), 'clrl'),
    ...(left > 0 ? [`${left} more tests are in the reports.`, ''] : []),
    ...tests
      .filter(({ status }) => status === 'failed')
      .slice(0, outputs.tests)
      .flatMap(output),
  ].join('\n')
}

function row(test: TestResult): string[] {
  const ran = test.status !== 'skipped'
  const note = test.flaky
    ? `flaky: passed at attempt ${test.attempts.length}; at first: ${cell(test.reason ?? '')}`
    : cell(test.reason ?? '')
  return [icons[test.status], cell(test.name), ran ? formatDuration(test.seconds * 1000) : '', note]
}

/** Within `pre` Markdown is not read, and nothing but these three characters is HTML. */
function output(test: TestResult): string[] {
  const printed = [test.stdout, test.stderr, test.console.join('\n')]
    .filter((text) => text !== '')
    .map((text) => excerpt(text, outputs.characters))
    .join('\n')
  if (printed === '') return []
  const escaped = printed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return [
    `<details><summary>${cell(test.name)}: what it and the console printed</summary>`,
    '',
    `<pre>${escaped}</pre>`,
    '',
    '</details>',
    '',
  ]
}
