/** The parts of `npm run bench` that decide what its figures say. */
import { expect, test } from '@jest/globals'
import { alternately } from '../../bench/pairs.js'
import { table } from '../../bench/table.js'

test('the sides take turns, and the ratio is that of their medians', async () => {
  const order: string[] = []
  const side = (name: string, values: number[]) => () => {
    order.push(name)
    return Promise.resolve(values.shift() ?? NaN)
  }
  const row = await alternately(
    { ours: side('A', [30, 10, 20]), reference: side('B', [10, 11, 8]) },
    3,
    { name: 'x', unit: 's', goal: 1.05 },
    () => undefined,
  )
  expect(order.join('')).toBe('ABBAAB')
  expect(row).toEqual({ name: 'x', unit: 's', ours: 20, reference: 10, ratio: 2, goal: 1.05 })
})

test('the table says what met its goal', () => {
  const row = { name: 'x', unit: 's', ours: 1, reference: 1, ratio: 1, goal: 1.05 }
  expect(table([row, { ...row, name: 'longer', ratio: 1.06 }])).toBe(
    [
      'benchmark  unit   ours  reference  ratio    goal',
      'x          s     1.000      1.000  1.000  ≤ 1.05  met',
      'longer     s     1.000      1.000  1.060  ≤ 1.05  MISSED',
    ].join('\n'),
  )
})
