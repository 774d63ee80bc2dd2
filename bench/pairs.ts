import type { Row } from './benchmark.js'

/** Measures one side, and gives its figure. */
export type Measure = () => Promise<number>

/**
 * Measures both sides `pairs` times in the order AB, BA, AB..., so that a host that grows slower or faster meanwhile
 * favours neither, and gives the row of their medians.
 */
export async function alternately(
  sides: { readonly ours: Measure; readonly reference: Measure },
  pairs: number,
  row: Pick<Row, 'name' | 'unit' | 'goal'>,
  say: (text: string) => void,
): Promise<Row> {
  const measured = { ours: [] as number[], reference: [] as number[] }
  for (let pair = 0; pair < pairs; pair += 1) {
    const order = ['ours', 'reference'] as const
    for (const side of pair % 2 === 0 ? order : order.toReversed()) {
      const value = await sides[side]()
      measured[side].push(value)
      say(`${row.name}: pair ${pair + 1} of ${pairs}, ${side} ${value.toFixed(2)} ${row.unit}`)
    }
  }
  const [ours, reference] = [median(measured.ours), median(measured.reference)]
  return { ...row, ours, reference, ratio: ours / reference }
}

/** @throws {RangeError} when there are none */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ]
  if (low === undefined || high === undefined) throw new RangeError('no median of no values')
  return (low + high) / 2
}
