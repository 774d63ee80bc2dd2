import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { readExposition } from '../../../../src/bench/metrics/exposition.js'
import { samplerScript, tickReader } from '../../../../src/bench/metrics/guest-sampler.js'
import { hostReadings, processReadings } from '../../../../src/bench/metrics/host-sampler.js'
import { procReadings } from '../../../../src/bench/metrics/proc.js'
import { families, type Reading } from '../../../../src/bench/metrics/reading.js'

const fixture = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../../fixtures/metrics', name), 'utf8')

interface Tick {
  readonly uptime: number
  readonly readings: readonly Reading[]
}

function ticksIn(pieces: readonly string[]): Tick[] {
  const ticks: Tick[] = []
  const read = tickReader((uptime, readings) => ticks.push({ uptime, readings }))
  pieces.forEach(read)
  return ticks
}

function valueOf(readings: readonly Reading[], name: string, labels: Record<string, string> = {}): number {
  const found = readings.filter(
    (reading) =>
      reading.name === name && Object.entries(labels).every(([key, value]) => reading.labels[key] === value),
  )
  expect(found).toHaveLength(1)
  return found[0]?.value ?? NaN
}

test('what the sampler printed in a Debian guest, in any pieces', () => {
  const text = fixture('guest.txt')
  const whole = ticksIn([text])
  expect(whole).toEqual(ticksIn(text.match(/[^]{1,7}/g) ?? []))
  expect(whole.map(({ uptime }) => uptime)).toEqual([2219.16])
  const readings = whole[0]?.readings ?? []
  expect(valueOf(readings, 'node_cpu_seconds_total', { cpu: '1', mode: 'system' })).toBe(50.42)
  expect(valueOf(readings, 'node_cpu_seconds_total', { cpu: '0', mode: 'steal' })).toBe(0)
  expect(valueOf(readings, 'node_context_switches_total')).toBe(107166)
  expect(valueOf(readings, 'node_load15')).toBe(0.13)
  expect(valueOf(readings, 'node_memory_MemTotal_bytes')).toBe(989240 * 1024)
  expect(valueOf(readings, 'node_pressure_cpu_waiting_seconds_total')).toBe(52.875318)
  expect(valueOf(readings, 'node_pressure_io_stalled_seconds_total')).toBe(1.439268)
  expect(valueOf(readings, 'node_disk_written_bytes_total', { device: 'vda' })).toBe(479496 * 512)
  expect(valueOf(readings, 'node_disk_io_time_seconds_total')).toBe(8.764)
  expect(valueOf(readings, 'node_network_transmit_bytes_total', { device: 'enp0s2' })).toBe(3294535)
  expect(readings.filter(({ name }) => !(name in families))).toEqual([])
})

test('of many CPUs only their sum is kept', () => {
  const cpus = Array.from({ length: 200 }, (_, cpu) => `cpu${cpu} 1 2 3 4 5 6 7 8 0 0`)
  const readings = procReadings(
    'stat',
    ['cpu  200 400 600 800 1000 1200 1400 1600 0 0', ...cpus, ''].join('\n'),
  )
  expect(readings).toHaveLength(8)
  expect(valueOf(readings, 'node_cpu_seconds_total', { cpu: 'all', mode: 'idle' })).toBe(8)
})

test('a guest that prints something else has no readings, and one without end is given up', () => {
  const junk =
    '==> stat <==\ncpu0 x\n==> net/dev <==\n e\u001b[31m: 1 2\n==> passwd <==\nroot\n==> uptime <==\n1.00 1\n'
  expect(ticksIn([junk])).toEqual([{ uptime: 1, readings: [] }])
  expect(ticksIn(['==> uptime <==\nsoon\n'])).toEqual([])
  expect(() => ticksIn(Array<string>(300).fill('x'.repeat(1000)))).toThrow('no metrics')
})

test('a device named to do harm is only a name', () => {
  const zeros = Array<string>(16).fill('7').join(' ')
  const [reading] = procReadings('net/dev', `e\u001b[2J"}\u202e: ${zeros}\n`)
  expect(reading?.labels).toEqual({ device: 'e\\e[2J"}\\u202e' })
})

test('this host and a process of it', () => {
  const host = hostReadings()
  expect(valueOf(host, 'node_memory_MemTotal_bytes')).toBeGreaterThan(1e8)
  expect(valueOf(host, 'node_load1')).toBeGreaterThanOrEqual(0)
  const own = processReadings(process.pid)
  expect(valueOf(own, 'process_cpu_seconds_total')).toBeCloseTo(
    process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
    0,
  )
  expect(valueOf(own, 'process_resident_memory_bytes')).toBeGreaterThan(2e7)
  expect(processReadings(2 ** 22 + 1)).toEqual([])
  const named = processReadings(1, (file) =>
    file.endsWith('/stat') ? `1 (a) b (c) S ${'0 '.repeat(10)}300 200 0` : '',
  )
  expect(named).toEqual([{ name: 'process_cpu_seconds_total', labels: {}, value: 5 }])
})

test('what node_exporter tells', () => {
  const { readings, families: found } = readExposition(fixture('node-exporter.txt'))
  expect(valueOf(readings, 'node_cpu_seconds_total', { cpu: '0', mode: 'idle' })).toBeGreaterThan(1000)
  expect(found.node_cpu_seconds_total?.type).toBe('counter')
  expect(found.node_load1).toMatchObject({ type: 'gauge', help: '1m load average.' })
  expect(found.go_gc_duration_seconds_sum?.type).toBe('unknown')
  expect(valueOf(readings, 'node_uname_info', { sysname: 'Linux' })).toBe(1)
  expect(readExposition('a{b="x\\"y\\n\\\\",c="d"} +Inf 17\nno sample here\n# TYPE a gauge\n')).toEqual({
    readings: [{ name: 'a', labels: { b: 'x"y\\n\\', c: 'd' }, value: Infinity }],
    families: { a: { type: 'gauge', help: '' } },
  })
})

test('the sampler needs nothing but a POSIX shell', () => {
  expect(samplerScript(0.5)).toMatch(/^command -v perl >\/dev\/null && exec perl -e /)
  expect(samplerScript(0.5)).toContain(' 0.5 10 stat loadavg meminfo ')
  expect(samplerScript(1).split('\n').at(-1)).toBe('while head -n 1000 "$@"; do sleep 1 >/dev/null; done')
})
