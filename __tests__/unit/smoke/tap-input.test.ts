import { expect, test } from '@jest/globals'
import { Parser } from 'tap-parser'
import { readTap } from '../../../src/smoke/tap-input.js'

test.each([
  ['success', '1..2\nok 1 - a\nok 2 - b\n', undefined],
  ['plan at the end, CRLF, noise', 'hello\r\nok\r\nok - b\r\n# note\r\n1..2\r\n', undefined],
  [
    'TAP 14 with a subtest',
    'TAP version 14\n# Subtest: a\n    ok 1\n    ok 2\n    1..2\nok 1 - a\n1..1\n',
    undefined,
  ],
  ['failure', '1..3\nok 1\nnot ok 2 - b\nnot ok 3 - c', '2 of 3 subtests failed: b, c'],
  ['todo and skip are no failures', '1..2\nnot ok 1 - a # TODO later\nok 2 # SKIP no disk\n', undefined],
  [
    'an escaped number sign is no directive',
    '1..1\nnot ok 1 - a \\# TODO x\n',
    '1 of 1 subtests failed: a # TODO x',
  ],
  ['too few', '1..3\nok 1\nok 2\n', 'its plan is of 3 subtests, and it ran 2'],
  ['bail-out', '1..2\nok 1\nBail out! no network\n', 'Bail out! no network'],
])('%s', (_, text, problem) => {
  expect(readTap(text)?.problem).toBe(problem)
  expect(Parser.parse(text).some(([kind, what]) => kind === 'complete' && (what as { ok: boolean }).ok)).toBe(
    problem === undefined,
  )
})

test('reads names, states and reasons', () => {
  expect(
    readTap('1..4\nok 1 - a\nnot ok 2 b\nok 3 - c # skip  no disk\nnot ok 4 - d # TODO\n')?.subtests,
  ).toEqual([
    { name: 'a', status: 'passed' },
    { name: 'b', status: 'failed' },
    { name: 'c', status: 'skipped', reason: 'no disk' },
    { name: 'd', status: 'todo' },
  ])
})

test('a plan of nothing skips', () => {
  expect(readTap('1..0 # SKIP not on this machine\n')).toEqual({
    subtests: [],
    skipped: 'not on this machine',
  })
})

test('text without a plan is no TAP', () => {
  expect(readTap('ok, all is well\nnot ok at all\n')).toBeUndefined()
})
