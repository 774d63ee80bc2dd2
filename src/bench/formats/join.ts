import type { Measurement } from './format.js'

/**
 * What a record takes, and by far more than a suite of benchmarks gives: a record is read whole, by the summary and
 * by whoever compares runs, so that a runner that prints for ever must not make it larger than some megabytes.
 */
export const most = { results: 10_000, values: 10_000, valuesInAll: 200_000 }

export interface Joining {
  readonly add: (item: Measurement) => void
  readonly end: () => {
    readonly measurements: Measurement[]
    /** Values that were left out because of a limit. */
    readonly left: number
  }
}

/** Joins measurements of the same thing into one, as iterations, in the order in which they are added. */
export function joining(): Joining {
  const all = new Map<string, { readonly item: Measurement; readonly values: number[] }>()
  let taken = 0
  let left = 0
  return {
    add: (item) => {
      const key = JSON.stringify([item.name, item.metric, item.unit, item.better])
      const known = all.get(key)
      const room = Math.min(
        most.valuesInAll - taken,
        known || all.size < most.results ? most.values - (known?.values.length ?? 0) : 0,
      )
      const values = item.values.slice(0, room)
      taken += values.length
      left += item.values.length - values.length
      if (known) for (const value of values) known.values.push(value)
      else if (values.length > 0) all.set(key, { item, values })
    },
    end: () => ({ measurements: [...all.values()].map(({ item, values }) => ({ ...item, values })), left }),
  }
}
