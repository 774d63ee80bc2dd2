import { StringDecoder } from 'node:string_decoder'
import { setTimeout } from 'node:timers/promises'
import { warning } from '../../runtime/log.js'
import { type Guest, verdictWithin } from '../../vm/guest.js'
import { scrape } from './exporter.js'
import { job } from './figures.js'
import { samplerScript, tickReader } from './guest-sampler.js'
import { hostReadings, processReadings } from './host-sampler.js'
import type { Metrics, Source } from './metrics.js'
import { Table } from './table.js'

/** Milliseconds between two scrapes of node_exporter, each of which costs more than a minute of our own. */
const scrapeInterval = 15_000
/** Milliseconds that the first and the last readings of the guest may take. */
const patience = 10_000

export interface Sampling {
  /** Resolves when the first readings are there, or it is known that none will be. */
  readonly ready: Promise<void>
  /** Ends it; what was read until then stays. */
  readonly stop: () => Promise<void>
  /** All that was read so far. `startedAt`: milliseconds since the epoch that become second 0. */
  readonly metrics: (startedAt: number) => Metrics
}

/**
 * Reads every `interval` milliseconds what the guest, this host and the VM's process do. Nothing that fails here fails
 * the benchmark: what could be read is there, and a warning says the rest.
 */
export function startSampling(guest: Guest, interval: number): Sampling {
  const inside = sampleGuest(guest, interval)
  const outside = sampleHost(guest.vm.pid, interval)
  const exporter = scrapeGuest(guest)
  let ended: Promise<void> | undefined
  return {
    ready: Promise.all([inside.ready, exporter.ready]).then(() => undefined),
    stop: () =>
      (ended ??= Promise.all([inside, outside, exporter].map(({ stop }) => stop())).then(() => undefined)),
    metrics: (startedAt) => ({
      schema: 1,
      startedAt: new Date(startedAt).toISOString(),
      sources: [inside, outside, exporter]
        .flatMap(({ sources }) => sources())
        .filter(({ series }) => series.length > 0)
        .map((source) => ({
          ...source,
          times: source.times.map((time) => rounded(time - startedAt / 1000)),
        })),
    }),
  }
}

interface Sampler {
  readonly stop: () => Promise<void>
  /** Times are seconds since the epoch by the host's clock. */
  readonly sources: () => Source[]
}

const now = (): number => Date.now() / 1000
const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000
const sourceOf = (instance: string, { times, series }: Table, of = job): Source => ({
  labels: { job: of, instance },
  times,
  series,
})

function sampleGuest(guest: Guest, interval: number): Sampler & { readonly ready: Promise<void> } {
  const table = new Table()
  // The host's time of the guest's boot is at most that of an arrival less the uptime in it; on the way it only grows.
  let booted = Infinity
  let begun = (): void => undefined
  const begin = new Promise<void>((resolve) => (begun = resolve))
  const read = tickReader((uptime, readings) => {
    table.add(uptime, readings)
    booted = Math.min(booted, now() - uptime)
    begun()
  })
  const sampler = guest.start(samplerScript(interval / 1000))
  const decoder = new StringDecoder()
  let trouble = ''
  let stopping = false
  sampler.stdin.on('error', () => undefined)
  sampler.stderr.on('data', (chunk: Buffer) => (trouble = `${trouble}${chunk.toString()}`.slice(0, 500)))
  sampler.stdout.on('data', (chunk: Buffer) => {
    try {
      read(decoder.write(chunk))
    } catch (error) {
      trouble = String(error)
      sampler.stdout.destroy()
      sampler.kill()
    }
  })
  // A guest that dies ends its sampler a moment before it is known to be dead.
  const complain = async (): Promise<void> => {
    await setTimeout(verdictWithin, undefined, { ref: false })
    if (stopping || guest.died.aborted) return
    warning(`The guest's metrics end before the benchmark does: ${trouble.trim() || 'the sampler has ended'}`)
  }
  const closed = new Promise<void>((resolve) => {
    const end = (): void => {
      resolve()
      begun()
      if (!stopping) void complain()
    }
    sampler.once('error', end).once('close', end)
  })
  return {
    ready: soon(begin),
    stop: async () => {
      stopping = true
      sampler.stdin.end()
      await soon(closed)
      sampler.kill()
    },
    sources: () => [{ ...sourceOf('guest', table), times: table.times.map((uptime) => booted + uptime) }],
  }
}

function sampleHost(pid: number | null, interval: number): Sampler {
  const host = new Table()
  const qemu = new Table()
  const look = (): void => {
    const time = now()
    host.add(time, hostReadings())
    qemu.add(time, pid === null ? [] : processReadings(pid))
  }
  look()
  const timer = setInterval(look, interval)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return Promise.resolve()
    },
    sources: () => [sourceOf('host', host), sourceOf('qemu', qemu)],
  }
}

/** node_exporter, where the guest has it: before the benchmark, now and then, and after it. */
function scrapeGuest(guest: Guest): Sampler & { readonly ready: Promise<void> } {
  const table = new Table({})
  const look = async (): Promise<boolean> => {
    const sent = now()
    const answer = await scrape(guest).catch(() => undefined)
    if (answer) table.add((sent + now()) / 2, answer.readings, answer.families)
    return answer !== undefined
  }
  let timer: NodeJS.Timeout | undefined
  const ready = look().then((found) => {
    if (found) timer = setInterval(() => void look(), scrapeInterval)
  })
  return {
    ready,
    stop: async () => {
      clearInterval(timer)
      if (timer && !guest.died.aborted) await look()
    },
    sources: () => [sourceOf('guest', table, 'node_exporter')],
  }
}

/** Resolves with `work`, or when patience ends. */
function soon(work: Promise<void>): Promise<void> {
  const end = new AbortController()
  return Promise.race([
    work,
    setTimeout(patience, undefined, { signal: end.signal }).catch(() => undefined),
  ]).finally(() => {
    end.abort()
  })
}
