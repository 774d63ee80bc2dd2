import { expect, test } from '@jest/globals'
import { Parser } from 'tap-parser'
import { renderTap } from '../../../src/smoke/tap-output.js'
import { mixed, report } from './example.js'

interface Assert {
  readonly ok: boolean
  readonly name: string
  readonly fullname: string
  readonly skip: string | boolean
  readonly todo: string | boolean
  readonly diag: Record<string, unknown> | null
}

function read(tap: string): {
  asserts: Assert[]
  subtests: Assert[]
  extra: string[]
  ok: boolean
  count: number
} {
  const asserts: Assert[] = []
  const subtests: Assert[] = []
  const extra: string[] = []
  const parser = new Parser()
  parser.on('assert', (assert: Assert) => asserts.push(assert))
  parser.on('extra', (line: string) => extra.push(line))
  parser.on('child', (child: Parser) => {
    child.on('assert', (assert: Assert) => subtests.push(assert))
  })
  parser.end(tap)
  const { ok, count } = parser.results ?? { ok: false, count: 0 }
  return { asserts, subtests, extra, ok, count }
}

test('tap-parser reads every test with its result', () => {
  const { asserts, subtests, extra, ok, count } = read(renderTap(mixed))
  expect(extra).toEqual([])
  expect({ ok, count }).toEqual({ ok: false, count: 4 })
  expect(asserts.map((assert) => assert.ok)).toEqual([true, false, true, true])
  expect(asserts[2]).toMatchObject({ name: 'skips', skip: 'needs | more # of it' })
  expect(asserts[3]?.diag).toMatchObject({
    flaky: true,
    attempts: 2,
    at: { file: 'smoke-tests/node.yml', line: 4 },
  })
  expect(subtests.map(({ ok: passed, skip, todo }) => [passed, Boolean(skip), Boolean(todo)])).toEqual([
    [false, false, false],
    [false, false, true],
    [true, true, false],
  ])
})

test('what a test is called and prints is no TAP', () => {
  const [, broken] = read(renderTap(mixed)).asserts
  expect(broken).toMatchObject({ ok: false, skip: false, todo: false })
  expect(broken?.diag).toMatchObject({ stdout: mixed.tests[1]?.stdout })
})

test('a run without failures is ok', () => {
  expect(read(renderTap(report([...mixed.tests.slice(2)]))).ok).toBe(true)
})
