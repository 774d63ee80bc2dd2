import { median } from '../src/stats/sample.js'
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
