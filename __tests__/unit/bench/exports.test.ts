import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { exportsOf, toBencher, toGithubActionBenchmark } from '../../../src/bench/exports.js'
import { bencher } from '../../../src/bench/formats/bencher.js'
import { githubActionBenchmark } from '../../../src/bench/formats/github-action-benchmark.js'
import { formatOf } from '../../../src/bench/formats/registry.js'
import type { Result } from '../../../src/bench/record.js'

const results: readonly Result[] = [
  { name: 'disk', metric: 'read bandwidth', unit: 'B/s', better: 'higher', samples: [[5, 1, 3], [7]] },
  { name: 'disk', metric: 'latency', unit: 'ns', better: 'lower', samples: [[90]] },
  { name: '__proto__', metric: 'restarts', unit: '', better: 'lower', samples: [[0]] },
  { name: 'long', metric: 'm'.repeat(200), unit: 'ms', better: 'lower', samples: [[1.5]] },
]

/** The form that Bencher publishes: names of benchmarks, of measures, and up to three numbers. */
const bencherForm = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    minProperties: 1,
    propertyNames: { minLength: 1, maxLength: 64 },
    additionalProperties: {
      type: 'object',
      required: ['value'],
      additionalProperties: false,
      properties: Object.fromEntries(
        ['value', 'lower_value', 'upper_value'].map((name) => [name, { type: 'number' }]),
      ),
    },
  },
}

/** The form that github-action-benchmark documents for a tool of one's own. */
const customForm = {
  type: 'array',
  items: {
    type: 'object',
    required: ['name', 'unit', 'value'],
    additionalProperties: false,
    properties: {
      ...{ name: { type: 'string' }, unit: { type: 'string' }, value: { type: 'number' } },
      ...{ range: { type: 'string' }, extra: { type: 'string' } },
    },
  },
}

test('Bencher Metric Format, in its published form, comes back as it was', () => {
  const report = toBencher(results)
  expect(new Ajv().validate(bencherForm, report)).toBe(true)
  expect(report.disk?.['read bandwidth (B/s)']).toEqual({ value: 5, lower_value: 1, upper_value: 7 })
  const text = JSON.stringify(report)
  expect(formatOf(text)).toBe(bencher)
  expect(bencher.parse(text, '')).toEqual([
    { name: 'disk', metric: 'read bandwidth', unit: 'B/s', better: 'higher', values: [5] },
    { name: 'disk', metric: 'latency', unit: 'ns', better: 'lower', values: [90] },
    { name: '__proto__', metric: 'restarts', unit: '', better: 'lower', values: [0] },
    { name: 'long', metric: 'm'.repeat(59), unit: 'ms', better: 'lower', values: [1.5] },
  ])
})

test("github-action-benchmark's own form, each file with one direction, comes back as it was", () => {
  const items = toGithubActionBenchmark(results)
  expect(new Ajv().validate(customForm, items)).toBe(true)
  expect(items[0]).toEqual({
    ...{ name: 'disk, read bandwidth', unit: 'B/s', value: 5 },
    ...{ range: '± 2.9652', extra: '4 values of 2 boots' },
  })
  const text = JSON.stringify(items)
  expect(formatOf(text)).toBe(githubActionBenchmark)
  expect(githubActionBenchmark.parse(text, '').slice(0, 2)).toMatchObject([
    { name: 'disk, read bandwidth', unit: 'B/s', better: 'higher', values: [5] },
    { name: 'disk, latency', unit: 'ns', better: 'lower', values: [90] },
  ])
})

test('a file for each direction, and none that holds nothing', () => {
  const files = exportsOf(results)
  expect([...files.keys()]).toEqual(['bencher.json', 'smaller-is-better.json', 'bigger-is-better.json'])
  expect(JSON.parse(files.get('bigger-is-better.json') ?? '')).toHaveLength(1)
  expect(JSON.parse(files.get('smaller-is-better.json') ?? '')).toHaveLength(3)
  expect([...exportsOf(results.slice(1)).keys()]).toEqual(['bencher.json', 'smaller-is-better.json'])
  expect(exportsOf([])).toEqual(new Map())
})
