import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Measurement } from '../../../../src/bench/formats/format.js'
import { joining, most } from '../../../../src/bench/formats/join.js'
import { formatOf, formats, measurementsIn } from '../../../../src/bench/formats/registry.js'
import { byUnit } from '../../../../src/bench/formats/unit.js'

const folder = path.join(import.meta.dirname, '../../../fixtures/results')
const fixture = (name: string): string => readFileSync(path.join(folder, name), 'utf8')

/** `name | metric | values | unit | better` of all that a fixture holds. */
function read(file: string): { format: string | undefined; found: string[] } {
  const text = fixture(file)
  const format = formatOf(text)
  const measurements = format ? measurementsIn(format, text, path.parse(file).name) : undefined
  return { format: format?.name, found: joined(measurements ?? []).measurements.map(shown) }
}

function joined(measurements: readonly Measurement[]): ReturnType<ReturnType<typeof joining>['end']> {
  const all = joining()
  measurements.forEach(all.add)
  return all.end()
}

function shown({ name, metric, values, unit, better }: Measurement): string {
  return [name, metric, values.map((value) => Number(value.toPrecision(6))).join(' '), unit, better].join(
    ' | ',
  )
}

test.each(formats)('$name has a fixture', ({ name }) => {
  expect(readdirSync(folder).map((file) => read(file).format)).toContain(name)
})

test('plain lines', () => {
  expect(read('lines.txt')).toEqual({
    format: 'lines',
    found: [
      'boot/userspace | time | 8123 | ms | lower',
      'loopback | throughput | 1494.4 1502 | MiB/s | higher',
      'score | value | 41 | points | higher',
    ],
  })
})

test('github-action-benchmark', () => {
  expect(read('github-action-benchmark.json')).toEqual({
    format: 'github-action-benchmark',
    found: ['Startup | time | 812.5 | ms | lower', 'Requests | rate | 15230 | ops/sec | higher'],
  })
})

test("dd with bash's time", () => {
  expect(read('dd-bash.log')).toEqual({
    format: 'dd',
    found: [
      'dd-bash | throughput | 708239000 | B/s | higher',
      'dd-bash | real time | 0.15 | s | lower',
      'dd-bash | user time | 0 | s | lower',
      'dd-bash | system time | 0.14 | s | lower',
    ],
  })
})

test('several dd at once are iterations', () => {
  expect(read('dd-many.log').found[0]).toBe(
    'dd-many | throughput | 106962000 107639000 104110000 101969000 | B/s | higher',
  )
})

test('minutes of bash, and the form of POSIX', () => {
  const minutes = 'real\t2m3.500s\nuser\t0m0.000s\nsys\t0m0.000s\n'
  expect(formatOf(minutes)?.parse(minutes, 'x')[0]).toMatchObject({ metric: 'real time', values: [123.5] })
  expect(read('dd-posix.log').found[1]).toBe('dd-posix | real time | 0 | s | lower')
})

test('fio, reads and writes', () => {
  expect(read('fio-randrw.json')).toEqual({
    format: 'fio',
    found: [
      'randrw | read bandwidth | 75245000 | B/s | higher',
      'randrw | read operations | 18370.4 | IOPS | higher',
      'randrw | read latency mean | 47785.4 | ns | lower',
      'randrw | read latency 99 % | 80384 | ns | lower',
      'randrw | write bandwidth | 80099600 | B/s | higher',
      'randrw | write operations | 19555.6 | IOPS | higher',
      expect.stringMatching(/^randrw \| write latency mean \| \d+/),
      expect.stringMatching(/^randrw \| write latency 99 % \| \d+/),
    ],
  })
})

test('sysbench, three runs in one file', () => {
  const fileio = 'sysbench fileio random r/w synchronous 16KiB x1'
  expect(read('sysbench-three.txt')).toEqual({
    format: 'sysbench',
    found: [
      'sysbench cpu x2 | rate | 8993.94 | events/s | higher',
      'sysbench cpu x2 | latency mean | 0.22 | ms | lower',
      'sysbench cpu x2 | latency 95 % | 0.23 | ms | lower',
      'sysbench memory write 1KiB x1 | rate | 7216210 | ops/s | higher',
      'sysbench memory write 1KiB x1 | throughput | 7047.08 | MiB/s | higher',
      'sysbench memory write 1KiB x1 | latency mean | 0 | ms | lower',
      'sysbench memory write 1KiB x1 | latency 95 % | 0 | ms | lower',
      `${fileio} | read rate | 59811 | ops/s | higher`,
      `${fileio} | write rate | 39874 | ops/s | higher`,
      `${fileio} | fsync rate | 3991.39 | ops/s | higher`,
      `${fileio} | read throughput | 934.55 | MiB/s | higher`,
      `${fileio} | write throughput | 623.03 | MiB/s | higher`,
      `${fileio} | latency mean | 0.01 | ms | lower`,
      `${fileio} | latency 95 % | 0 | ms | lower`,
    ],
  })
})

test.each([
  ['MB/s', 'higher'],
  ['ops/sec', 'higher'],
  ['IOPS', 'higher'],
  ['Mbps', 'higher'],
  ['requests/second', 'higher'],
  ['ns/iter', 'lower'],
  ['ms', 'lower'],
  ['bytes', 'lower'],
  ['steps', 'lower'],
])('%s is better %s', (unit, better) => {
  expect(byUnit(unit).better).toBe(better)
})

describe('what is no result is left alone', () => {
  test.each([
    ['prose', 'All went well.\n'],
    ['a line too many', 'disk 3 ms\nAll went well.\n'],
    ['an object', '{"a": 1}'],
    ['an array of something else', '[{"name": "x", "value": "fast"}]'],
    ['half an array', '[{"name": "x", "unit": "s", "val'],
    ['nothing', ''],
    ['binary', '\u0000\u0001\u0002'],
  ])('%s', (_, text) => {
    expect(formatOf(text)).toBeUndefined()
  })

  test('a cut fio report', () => {
    const text = fixture('fio-randrw.json').slice(0, 500)
    const format = formatOf(text)
    expect(format?.name).toBe('fio')
    expect(format && measurementsIn(format, text, 'x')).toBeUndefined()
  })

  test('values that are no numbers, names that are too long or hide something', () => {
    const text = JSON.stringify([
      { name: `\u001b[2J${'n'.repeat(1000)}`, unit: 's', value: 1 },
      { name: 'infinite', unit: 's', value: 1 },
    ]).replace('"value":1}]', '"value":1e999}]')
    const format = formatOf(text)
    const found = format && measurementsIn(format, text, 'x')
    expect(found).toHaveLength(1)
    expect(found?.[0]?.name).toMatch(/^\\e\[2Jn{196}$/)
  })

  test('names that would be workflow commands', () => {
    const text = JSON.stringify([{ name: 'x##[error]forged', unit: '::error::s', value: 1 }])
    const format = formatOf(text)
    const [found] = (format && measurementsIn(format, text, 'x')) ?? []
    expect(found).toMatchObject({ name: 'x#\\#[error]forged', unit: '\\::error::s' })
  })

  test('more than a record takes', () => {
    const one = (name: string, values: number): Measurement => ({
      ...{ name, metric: 'time', unit: 's', better: 'lower' },
      values: Array<number>(values).fill(1),
    })
    const of = ({ measurements, left }: ReturnType<typeof joined>): number[] => [
      measurements.length,
      measurements.reduce((sum, { values }) => sum + values.length, 0),
      left,
    ]
    expect(of(joined([one('a', most.values), one('a', 2), one('b', 1)]))).toEqual([2, most.values + 1, 2])
    const many = Array.from({ length: most.results + 1 }, (_, index) => one(`${index}`, 1))
    expect(of(joined([...many, one('0', 1)]))).toEqual([most.results, most.results + 1, 1])
    const full = Array.from({ length: 21 }, (_, index) => one(`${index}`, most.values))
    expect(of(joined(full))).toEqual([20, most.valuesInAll, most.values])
  })

  test('a file made to take for ever', () => {
    const started = performance.now()
    for (const piece of ['\n', ' ', '1', '(', '"fio version"', 'a 1 s', '/ ', '[']) {
      formatOf(piece.repeat(2_000_000))
    }
    const text = 'a 1 s\n'.repeat(100_000)
    const format = formatOf(text)
    const { measurements, left } = joined((format && measurementsIn(format, text, 'x')) ?? [])
    expect(measurements.map(({ values }) => values.length)).toEqual([most.values])
    expect(left).toBe(100_000 - most.values)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
