import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { readExposition } from '../../../../src/bench/metrics/exposition.js'
import type { Metrics } from '../../../../src/bench/metrics/metrics.js'
import { importLines, openMetrics } from '../../../../src/bench/metrics/openmetrics.js'
import { Table } from '../../../../src/bench/metrics/table.js'
import { run } from '../../../../src/runtime/process.js'

const exporter = readExposition(
  readFileSync(path.join(import.meta.dirname, '../../../fixtures/metrics/node-exporter.txt'), 'utf8'),
)

function metrics(): Metrics {
  const guest = new Table()
  const busy = (value: number) => ({ name: 'node_disk_read_bytes_total', labels: { device: 'v"\\d' }, value })
  guest.add(-0.5, [busy(512)])
  guest.add(0.5, [busy(1024.5), { name: 'node_load1', labels: {}, value: 0.25 }])
  const scraped = new Table({})
  scraped.add(0, exporter.readings, exporter.families)
  scraped.add(15, exporter.readings, exporter.families)
  const source = (job: string, { times, series }: Table) => ({
    labels: { job, instance: 'guest' },
    times,
    series,
  })
  return {
    schema: 1,
    startedAt: '2026-11-25T12:00:10.250Z',
    sources: [source('guestos-actions', guest), source('node_exporter', scraped)],
  }
}

test('families and series are whole, times ascend', () => {
  const text = [...openMetrics(metrics())].join('')
  expect(text.split('\n').slice(0, 4)).toEqual([
    '# TYPE node_disk_read_bytes counter',
    '# HELP node_disk_read_bytes Bytes read.',
    'node_disk_read_bytes_total{device="v\\"\\\\d",job="guestos-actions",instance="guest"} 512 1795608009.750',
    'node_disk_read_bytes_total{device="v\\"\\\\d",job="guestos-actions",instance="guest"} 1024.5 1795608010.750',
  ])
  expect(text).toMatch(/\n# EOF\n$/)
  // A gauge has the name that the counter of the same words would go by.
  expect(text).toContain('# TYPE go_memstats_alloc_bytes gauge\n')
  expect(text).toContain('# TYPE go_memstats_alloc_bytes_total unknown\n')
})

test("Prometheus' own parser takes it, with what node_exporter told", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'openmetrics-'))
  try {
    const file = path.join(folder, 'openmetrics.txt')
    const text = [...openMetrics(metrics())].join('')
    writeFileSync(file, text)
    const { stdout } = await run(['promtool', 'tsdb', 'create-blocks-from', 'openmetrics', file, folder])
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
    // A line for each block: its name, its times, and the number of samples.
    const taken = [...stdout.matchAll(/^\w+ +\d+ +\d+ +\S+ +(\d+) /gm)].map(([, count]) => Number(count))
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(samples)
    writeFileSync(file, text.replace('# EOF\n', ''))
    const refused = run(['promtool', 'tsdb', 'create-blocks-from', 'openmetrics', file, folder])
    await expect(refused).rejects.toThrow('does not end with # EOF')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('lines for an import have milliseconds and the labels of the run', () => {
  const [first] = importLines(metrics(), { run: '7' })
  expect(first).toBe(
    'node_disk_read_bytes_total{device="v\\"\\\\d",job="guestos-actions",instance="guest",run="7"} 512 1795608009750\n' +
      'node_disk_read_bytes_total{device="v\\"\\\\d",job="guestos-actions",instance="guest",run="7"} 1024.5 1795608010750\n',
  )
})
