import { median } from '../stats/sample.js'
import type { SmokeTest } from './test.js'

/** One of so many parts, counted from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** Tests that must run together, because one needs another or they share a fork. */
interface Bundle {
  readonly tests: SmokeTest[]
  readonly seconds: number
}

/**
 * The tests of each of `count` shards. The longest goes first, each to the shard that has least to do (Graham's LPT
 * rule), which needs nothing but names and durations: every runner comes to the same plan, in whatever order it found
 * the tests.
 * @param durations seconds by name; a test without counts as much as the median of those that have one
 */
export function planShards(
  tests: readonly SmokeTest[],
  count: number,
  durations: ReadonlyMap<string, number>,
): SmokeTest[][] {
  const shards = [...Array(count).keys()].map(() => ({ seconds: 0, tests: new Set<SmokeTest>() }))
  for (const bundle of bundles(tests, durations)) {
    const least = shards.reduce((best, shard) =>
      shard.seconds < best.seconds || (shard.seconds === best.seconds && shard.tests.size < best.tests.size)
        ? shard
        : best,
    )
    least.seconds += bundle.seconds
    for (const test of bundle.tests) least.tests.add(test)
  }
  return shards.map((shard) => tests.filter((test) => shard.tests.has(test)))
}

/** The longest first; among equals by name. */
function bundles(tests: readonly SmokeTest[], durations: ReadonlyMap<string, number>): Bundle[] {
  const known = tests.flatMap(({ name }) => durations.get(name) ?? [])
  const typical = known.length === 0 ? 1 : median(known)
  const seconds = (test: SmokeTest): number => durations.get(test.name) ?? typical
  return together(tests)
    .map((members) => members.toSorted((a, b) => order(a.name, b.name)))
    .map((members) => ({ tests: members, seconds: members.reduce((sum, test) => sum + seconds(test), 0) }))
    .sort((a, b) => b.seconds - a.seconds || order(a.tests[0]?.name ?? '', b.tests[0]?.name ?? ''))
}

/** Unlike localeCompare the same on every runner. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Tests in sets that are linked by needs and groups. */
function together(tests: readonly SmokeTest[]): SmokeTest[][] {
  const names = new Set(tests.map(({ name }) => name))
  const above = new Map<string, string>()
  const root = (name: string): string => {
    const next = above.get(name)
    return next === undefined ? name : root(next)
  }
  for (const { name, needs, group } of tests) {
    const links = needs.filter((needed) => names.has(needed)).map((needed) => `test ${needed}`)
    if (group !== undefined) links.push(`group ${group}`)
    for (const link of links) {
      const [mine, other] = [root(`test ${name}`), root(link)]
      if (mine !== other) above.set(mine, other)
    }
  }
  const sets = new Map<string, SmokeTest[]>()
  for (const test of tests) {
    const found = root(`test ${test.name}`)
    sets.set(found, [...(sets.get(found) ?? []), test])
  }
  return [...sets.values()]
}
