import type { Format } from './format.js'
import { byUnit } from './unit.js'

interface Item {
  readonly name: string
  readonly unit: string
  readonly value: number
}

function items(text: string): Item[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  const all = JSON.parse(text) as unknown[]
  const good = all.filter((item): item is Item => {
    const { name, unit, value } = (item ?? {}) as Partial<Record<keyof Item, unknown>>
    return typeof name === 'string' && typeof unit === 'string' && typeof value === 'number'
  })
  return good.length > 0 && good.length === all.length ? good : undefined
}

/**
 * The custom format of benchmark-action/github-action-benchmark: a JSON array of {name, unit, value}. The file does
 * not say which way is better (the user of that action does), so the unit decides.
 * Source: its README, "Benchmark action with your own tool" (customBiggerIsBetter, customSmallerIsBetter).
 */
export const githubActionBenchmark: Format = {
  name: 'github-action-benchmark',
  recognise: (text) => items(text) !== undefined,
  parse: (text) =>
    (items(text) ?? []).map(({ name, unit, value }) => ({ name, unit, ...byUnit(unit), values: [value] })),
}
