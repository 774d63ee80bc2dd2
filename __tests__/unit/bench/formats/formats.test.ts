import { describe, expect, test } from '@jest/globals'
import { criterion } from '../../../../src/bench/formats/criterion.js'
import type { Format, Measurement } from '../../../../src/bench/formats/format.js'
import { joining, most } from '../../../../src/bench/formats/join.js'
import { formatOf, formats, measurementsIn } from '../../../../src/bench/formats/registry.js'
import { time } from '../../../../src/bench/formats/time.js'
import { byUnit } from '../../../../src/bench/formats/unit.js'
import { resultFixtures, shown } from '../../../fixtures/result-formats.js'

const all = resultFixtures()

function joined(measurements: readonly Measurement[]): ReturnType<ReturnType<typeof joining>['end']> {
  const all = joining()
  measurements.forEach(all.add)
  return all.end()
}

function takes(format: Format, text: string): boolean {
  try {
    return format.recognise(text)
  } catch {
    return false
  }
}

test.each(formats)('$name has a fixture', ({ name }) => {
  expect(all.map(({ format }) => format)).toContain(name)
})

test.each(all)('$file', ({ file, text, format, found }) => {
  const known = formatOf(text)
  expect(known?.name).toBe(format)
  const measurements = known && measurementsIn(known, text, file)
  expect(joined(measurements ?? []).measurements.map(shown)).toEqual(found)
})

test.each(all)('only $format takes $file', ({ text, format }) => {
  const takers = formats.filter((candidate) => takes(candidate, text)).map(({ name }) => name)
  // What a time says may stand beside what dd says; all else is one thing only.
  expect(takers.filter((name) => name !== 'time' || format === 'time')).toEqual([format])
})

test('minutes and hours of a time', () => {
  const bash = 'real\t2m3.500s\nuser\t0m0.000s\nsys\t0m0.000s\n'
  expect(time.parse(bash, 'x')[0]).toMatchObject({ name: 'x', metric: 'real time', values: [123.5] })
  const gnu = '0.10user 0.02system 1:02:03elapsed 0%CPU (0avgtext+0avgdata 1916maxresident)k\n'
  expect(time.parse(gnu, 'a/x.log')[0]).toMatchObject({ name: 'x', metric: 'real time', values: [3723] })
})

test("the run before in Criterion's folder is no result of now", () => {
  const estimates = all.find(({ file }) => file.endsWith('new/estimates.json'))?.text ?? ''
  expect(measurementsIn(criterion, estimates, 'criterion/a/b/new/estimates.json')).toMatchObject([
    { name: 'a/b' },
  ])
  expect(measurementsIn(criterion, estimates, 'criterion/a/b/base/estimates.json')).toBeUndefined()
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
    const text = all.find(({ format: name }) => name === 'fio')?.text.slice(0, 500) ?? ''
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
    const started = process.cpuUsage()
    for (const piece of [
      ...['\n', ' ', '1', '(', '"fio version"', 'a 1 s', '/ ', '[', '{', 'Benchmark', 'x time: [', '1 ns '],
      ...['real\n', '1user 1system 1:', '\tUser time (', '{"value"', '"results":[', ' stress-ng-version: '],
    ]) {
      formatOf(piece.repeat(200_000))
    }
    const text = 'a 1 s\n'.repeat(100_000)
    const format = formatOf(text)
    const { measurements, left } = joined((format && measurementsIn(format, text, 'x')) ?? [])
    expect(measurements.map(({ values }) => values.length)).toEqual([most.values])
    expect(left).toBe(100_000 - most.values)
    // Of this process alone: what else the machine does is no matter here.
    const { user, system } = process.cpuUsage(started)
    expect(user + system).toBeLessThan(5e6)
  })
})
