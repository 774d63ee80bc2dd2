import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { marked } from 'marked'
import { addSummary, cell, table } from '../../../src/runtime/summary.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'summary-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test.each([
  '<img src=x onerror=alert(1)>',
  '[a](http://b)',
  '![a](http://b)',
  '**bold** `code` ~~gone~~',
  'a | b',
  'line\nline',
  '@everyone #12 https://example.org',
  'www.example.org/login and me@example.org',
  '\u001b[31mred',
])('a cell shows %j as text, rendered by Markdown', async (text) => {
  const html = await marked.parse(table(['What', 'Next'], [[cell(text), 'next']]), { gfm: true })
  // The empty comment is ours: it keeps what could become a mail address apart.
  expect(html.replaceAll('<!---->', '')).not.toMatch(/<(?!\/?(?:table|thead|tbody|tr|th|td)\b)/)
  expect(html).not.toMatch(/\w@\w/)
  expect(html.match(/<td/g)).toHaveLength(2)
})

test('tables align as asked', () => {
  expect(table(['a', 'b'], [['1', '2']], 'lr')).toBe('| a | b |\n| :-- | --: |\n| 1 | 2 |\n')
})

test('a summary never grows beyond what GitHub takes, and says so', () => {
  const file = path.join(folder, 'full')
  for (let n = 0; n < 30; n += 1) addSummary('x'.repeat(100_000), file)
  expect(statSync(file).size).toBeLessThanOrEqual(2 ** 20)
  expect(readFileSync(file, 'utf8')).toContain('longer than GitHub shows')
})

test('without a runner there is no summary', () => {
  expect(() => {
    addSummary('text', '')
  }).not.toThrow()
})
