import { expect, test } from '@jest/globals'
import { Table } from '../../../../src/bench/metrics/table.js'

const reading = (value: number, device = 'a') => ({
  name: 'node_disk_read_bytes_total',
  labels: { device },
  value,
})

test('a column for each series, null where there was none', () => {
  const table = new Table()
  table.add(1, [reading(1)])
  table.add(2, [reading(2), reading(7, 'b')])
  table.add(2, [reading(9)])
  table.add(3, [reading(8, 'b'), { name: 'not_ours', labels: {}, value: 1 }])
  expect(table.times).toEqual([1, 2, 3])
  expect(table.series.map(({ labels, values }) => [labels.device, values])).toEqual([
    ['a', [1, 2, null]],
    ['b', [null, 7, 8]],
  ])
  expect(table.series[0]).toMatchObject({ type: 'counter', help: 'Bytes read.' })
})

test('a day of readings is kept whole, at a coarser interval', () => {
  const table = new Table()
  for (let second = 0; second < 86_400; second += 1) table.add(second, [reading(second)])
  const { times, series } = table
  expect(times.length).toBeGreaterThan(3000)
  expect(times.length).toBeLessThan(7200)
  const gaps = new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)))
  expect([...gaps]).toEqual([16])
  expect(series[0]?.values).toEqual(times)
})

test('devices without end are not kept without end', () => {
  const table = new Table()
  table.add(
    1,
    Array.from({ length: 5000 }, (_, device) => reading(1, String(device))),
  )
  expect(table.series).toHaveLength(1000)
})
