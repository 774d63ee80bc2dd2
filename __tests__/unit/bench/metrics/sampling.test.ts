import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { scrape } from '../../../../src/bench/metrics/exporter.js'
import { figuresOf } from '../../../../src/bench/metrics/figures.js'
import type { Metrics, Source } from '../../../../src/bench/metrics/metrics.js'
import { startSampling } from '../../../../src/bench/metrics/sampling.js'
import type { Guest } from '../../../../src/vm/guest.js'
import { type StandIn, startSshd } from '../../../fixtures/sshd.js'

let standIn: StandIn
let log: string

beforeAll(async () => {
  standIn = await startSshd()
})
afterAll(async () => {
  await standIn.stop()
})
beforeEach(() => {
  log = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    log += chunk.toString()
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
})

function sourceOf({ sources }: Metrics, instance: string, job = 'guestos-actions'): Source {
  const found = sources.find(({ labels }) => labels.instance === instance && labels.job === job)
  if (!found) throw new Error(`no ${instance} of ${job}`)
  return found
}

/** A guest in which one program is not there, as in an image that is smaller. */
const without = (program: string): Guest => ({
  ...standIn.guest,
  start: (command) =>
    standIn.guest.start(`command() { [ "$2" != ${program} ] && builtin command "$@"; }\n${command}`),
})

test.each([
  ['by perl', () => standIn.guest],
  ['without perl', () => without('perl')],
])('guest, host and the process, on one clock (%s)', async (_, guest) => {
  const sampling = startSampling(guest(), 200)
  await sampling.ready
  const started = Date.now()
  await setTimeout(2000)
  await sampling.stop()
  const metrics = sampling.metrics(started)
  const [inside, outside] = [sourceOf(metrics, 'guest'), sourceOf(metrics, 'host')]
  for (const { times } of [inside, outside, sourceOf(metrics, 'qemu')]) {
    expect(times[0]).toBeLessThan(0.1)
    expect(times.at(-1)).toBeGreaterThan(1.7)
    expect(times.at(-1)).toBeLessThan(2.5)
    expect(times.length).toBeGreaterThan(7)
  }
  // The stand-in is this machine: what was read inside is what was read outside, at the same time.
  const forks = ({ times, series }: Source, second: number): number => {
    const row = times.findLastIndex((time) => time <= second)
    return series.find(({ name }) => name === 'node_context_switches_total')?.values[row] ?? NaN
  }
  const grown = forks(outside, 1.9) - forks(outside, 0.4)
  expect(Math.abs(forks(inside, 1.2) - forks(outside, 1.2))).toBeLessThan(grown)
  const cpu = figuresOf(metrics).find(({ id }) => id === 'guest-cpu')
  expect(cpu?.lines.map(({ name }) => name)).toEqual(['busy', 'user', 'system', 'I/O wait', 'steal'])
  expect(log).toBe('')
})

test('node_exporter is asked where there is one, before and after', async () => {
  expect(await scrape(standIn.guest)).toBeUndefined()
  const exporter = spawn('prometheus-node-exporter', ['--web.listen-address=127.0.0.1:9100'], {
    stdio: 'ignore',
  })
  try {
    for (let tries = 0; (await scrape(standIn.guest)) === undefined; tries += 1) {
      if (tries > 50) throw new Error('prometheus-node-exporter does not start')
      await setTimeout(100)
    }
    const sampling = startSampling(standIn.guest, 1000)
    await sampling.ready
    await sampling.stop()
    const { times, series } = sourceOf(sampling.metrics(Date.now()), 'guest', 'node_exporter')
    expect(times).toHaveLength(2)
    expect(series.find(({ name }) => name === 'node_boot_time_seconds')?.values[0]).toBeGreaterThan(1.6e9)
  } finally {
    const ended = once(exporter, 'exit')
    exporter.kill()
    await ended
  }
})

test('a sampler that ends early is a warning, and what it had read stays', async () => {
  const guest: Guest = {
    ...standIn.guest,
    start: (command) => standIn.guest.start(`(sleep 1; echo out of order >&2; kill $$) & ${command}`),
  }
  const sampling = startSampling(guest, 100)
  await sampling.ready
  await setTimeout(4000)
  await sampling.stop()
  expect(log).toMatch(/^::warning::The guest's metrics end before the benchmark does: out of order/)
  const metrics = sampling.metrics(Date.now())
  expect(sourceOf(metrics, 'guest').times.length).toBeGreaterThan(0)
  expect(sourceOf(metrics, 'host').times.at(-1)).toBeGreaterThan(-0.5)
})
