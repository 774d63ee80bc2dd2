import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { marked } from 'marked'
import { annotations } from '../../../src/smoke/annotations.js'
import { reportSchema } from '../../../src/smoke/report-schema.js'
import { writeReports } from '../../../src/smoke/reports.js'
import { inertFailure, inertLine, inertOutput } from '../../../src/smoke/result.js'
import { renderSummary } from '../../../src/smoke/summary.js'
import { testFileSchema } from '../../../src/smoke/test-file-schema.js'
import { hostile, mixed, report, result } from './example.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reports-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

test.each([
  ['smoke-tests.json', testFileSchema],
  ['smoke-report.json', reportSchema],
])('docs/schemas/%s is the schema of the code', (name, schema) => {
  const published = readFileSync(path.resolve(import.meta.dirname, '../../../docs/schemas', name), 'utf8')
  expect(JSON.parse(published)).toEqual(schema)
})

test('the JSON report keeps to its schema', () => {
  const died = { class: 'kernel-panic', message: hostile, evidence: [hostile], stage: 'kernel' } as const
  const files = writeReports(folder, report(mixed.tests, { failure: inertFailure(died) }))
  const validate = new Ajv().compile(reportSchema)
  expect([validate(JSON.parse(readFileSync(files.json, 'utf8'))), validate.errors]).toEqual([true, null])
  expect(validate({ ...mixed, counts: { ...mixed.counts, passed: -1 } })).toBe(false)
})

test('the summary is one table, and nothing in it works but our own markup', () => {
  const html = marked.parse(renderSummary(mixed), { async: false })
  expect(html.match(/<tr>/g)).toHaveLength(1 + mixed.tests.length)
  expect(html).toContain('Smoke tests: 2 passed (1 flaky), 1 failed, 1 skipped')
  const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag))
  expect([...tags].sort()).toEqual(
    ['details', 'h3', 'pre', 'summary', 'table', 'tbody', 'td', 'th', 'thead', 'tr'].sort(),
  )
})

test('the summary shows what failed first, and bounds the rest', () => {
  const many = [...Array(400).keys()].map((n) => result({ name: `t${n}` }))
  const loud = result({ name: 'loud', status: 'failed', reason: 'r', stdout: 'x'.repeat(30_000) })
  const markdown = renderSummary(report([...many, loud]))
  expect(markdown.indexOf('loud')).toBeLessThan(markdown.indexOf('| t0 |'))
  expect(markdown).toContain('101 more tests are in the reports.')
  expect(markdown.length).toBeLessThan(30_000)
})

test('reports go to the step summary where there is one', () => {
  const summary = path.join(folder, 'summary.md')
  writeFileSync(summary, '')
  const before = process.env.GITHUB_STEP_SUMMARY
  process.env.GITHUB_STEP_SUMMARY = summary
  try {
    writeReports(folder, mixed)
  } finally {
    if (before === undefined) delete process.env.GITHUB_STEP_SUMMARY
    else process.env.GITHUB_STEP_SUMMARY = before
  }
  expect(readFileSync(summary, 'utf8')).toContain('### Smoke tests')
})

test('annotations point at the line of the test, as many as GitHub shows', () => {
  const failed = [...Array(20).keys()].map((n) =>
    result({ name: `t${n}`, status: 'failed', reason: `r${n}` }),
  )
  const found = annotations(report(failed))
  expect(found).toHaveLength(9)
  expect(found[1]).toEqual({
    message: 'r1',
    properties: { title: 'Smoke test t1', file: 'smoke-tests/node.yml', startLine: 4 },
  })
  expect(annotations(report([result({ name: 'a', source: null, status: 'failed' })]))[0]?.properties).toEqual(
    {
      title: 'Smoke test a',
    },
  )
})

/* What the runner takes for a command: `::` after white space, `##[` anywhere, in a line that may end at \r. */
const live = /(?:^|[\r\n])\s*::|##\[/

test('text is inert before it is in a result', () => {
  expect(hostile).toMatch(live)
  expect(inertLine(hostile)).not.toMatch(live)
  expect(inertOutput(`${hostile}\n::error::x\n`)).not.toMatch(live)
  // Cut afterwards, the end would begin with what the cut had made live again.
  expect(inertOutput(`${'x'.repeat(200)}\n::${'y'.repeat(48)}`, 100)).not.toMatch(live)
})

test('output that is too long keeps its ends', () => {
  const text = inertOutput(`begin ${'x'.repeat(100_000)} end`)
  expect(text).toMatch(/^begin x+\n\[\d+ characters left out\]\nx+ end$/)
  expect(text.length).toBeLessThan(33_000)
})
