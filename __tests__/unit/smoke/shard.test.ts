import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { readDurations } from '../../../src/smoke/durations.js'
import { selectTests } from '../../../src/smoke/select.js'
import { planShards } from '../../../src/smoke/shard.js'
import type { SmokeTest } from '../../../src/smoke/test.js'
import { report, result } from './example.js'

const named = (name: string, given: Partial<SmokeTest> = {}): SmokeTest => ({
  ...{ name, source: { file: 't.yml', line: 1 }, action: { script: 'true' }, expect: {}, timeout: 1000 },
  ...{ needs: [], tags: [], isolation: 'shared', reboots: false },
  ...given,
})

const names = (tests: readonly SmokeTest[]): string[] => tests.map(({ name }) => name)

/** A generator with a seed of its own, so that every run simulates the same. Source: Steele and Vigna, splitmix32 */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32
  }
}

/** Durations as test suites have them: about as long as each other, of all orders of magnitude, a few that are huge. */
const suites: Record<string, (draw: () => number) => number> = {
  even: () => 1,
  uniform: (draw) => 0.1 + 60 * draw(),
  'log-normal': (draw) =>
    Math.exp(1.5 * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())),
  'two sizes': (draw) => (draw() < 0.5 ? 3 : 5),
  'a few huge': (draw) => (draw() < 0.01 ? 60 : 1 + draw()),
}

describe('a plan of shards', () => {
  test.each(Object.entries(suites))(
    'of 1,000 durations (%s) is near the bound on 1 to 50',
    (_, duration) => {
      const draw = random(1)
      const tests = [...Array(1000).keys()].map((n) => named(`t${n}`))
      const durations = new Map(tests.map(({ name }) => [name, duration(draw)]))
      const load = (part: readonly SmokeTest[]): number =>
        part.reduce((sum, { name }) => sum + (durations.get(name) ?? 0), 0)
      const longest = Math.max(...durations.values())
      for (let count = 1; count <= 50; count += 1) {
        const parts = planShards(tests, count, durations)
        expect(parts.flat()).toHaveLength(1000)
        expect(new Set(names(parts.flat())).size).toBe(1000)
        expect(Math.max(...parts.map(load))).toBeLessThanOrEqual(
          1.05 * Math.max(load(tests) / count, longest),
        )
      }
    },
    60_000,
  )

  test('is the same in whatever order the tests were found', () => {
    const tests = 'a b c d e f g h i j'.split(' ').map((name) => named(name))
    const durations = new Map([['c', 9]])
    const sorted = (parts: readonly SmokeTest[][]): string[][] => parts.map((part) => names(part).sort())
    expect(sorted(planShards(tests.toReversed(), 3, durations))).toEqual(
      sorted(planShards(tests, 3, durations)),
    )
  })

  test('without durations has as many tests in each', () => {
    const tests = [...Array(10).keys()].map((n) => named(`t${n}`))
    expect(planShards(tests, 4, new Map()).map((part) => part.length)).toEqual([3, 3, 2, 2])
  })

  test('keeps together what is needed and what shares a fork', () => {
    const tests = [
      ...[named('a'), named('b', { needs: ['a', 'system-running'] }), named('c', { needs: ['b'] })],
      ...[named('d', { group: 'g' }), named('e'), named('f', { group: 'g', needs: ['system-running'] })],
    ]
    expect(planShards(tests, 3, new Map()).map(names)).toEqual([['a', 'b', 'c'], ['d', 'f'], ['e']])
  })
})

describe('durations', () => {
  test('come from all reports below a folder, and from nothing without harm', () => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true)
    const folder = mkdtempSync(path.join(tmpdir(), 'durations-'))
    try {
      const tests = [result({ name: 'a', seconds: 3 }), result({ name: 'never', attempts: [] })]
      for (const [part, given] of [tests, [result({ name: 'b', seconds: 5 })]].entries()) {
        mkdirSync(path.join(folder, String(part)))
        writeFileSync(path.join(folder, String(part), 'smoke-report.json'), JSON.stringify(report(given)))
      }
      writeFileSync(path.join(folder, 'other.json'), 'no report')
      expect([...readDurations(folder)]).toEqual([
        ['a', 3],
        ['b', 5],
      ])
      expect([...readDurations(path.join(folder, 'missing'))]).toEqual([])
      expect([...readDurations(path.join(folder, 'other.json'))]).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
      jest.restoreAllMocks()
    }
  })
})

describe('tags', () => {
  const tests = [
    ...[named('a', { tags: ['net'] }), named('b', { tags: ['net', 'slow'] }), named('c', { needs: ['d'] })],
    ...[named('d', { tags: ['slow'] }), named('e', { tags: ['disk'], needs: ['c'] })],
  ]

  test.each([
    ['none', [], 'abcde'],
    ['one', ['net'], 'ab'],
    ['several', ['net', 'disk'], 'abcde'],
    ['one left out', ['!slow'], 'acde'],
    ['both', ['net', '!slow'], 'a'],
    ['what is needed comes too', ['disk'], 'cde'],
  ])('%s', (_, tags, expected) => {
    expect(names(selectTests(tests, tags)).join('')).toBe(expected)
  })

  test('that leave nothing are an error that names those there are', () => {
    expect(() => selectTests(tests, ['nett'])).toThrow(
      'Input tags: "nett" is not valid; allowed: tags that leave a test; the tests have disk, net, slow',
    )
  })
})
