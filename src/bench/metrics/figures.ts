import type { Metrics, Source } from './metrics.js'
import type { Series } from './table.js'

export type Unit = '%' | 'bytes' | 'bytes/s' | '1/s' | 'Hz' | ''

/** A line of a chart, a value for each of the chart's times; null where there is none. */
export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
}

/** What a chart shows. */
export interface Figure {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  /** Seconds since the runner was started, ascending. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
}

type Values = readonly (number | null)[]
type Match = Readonly<Record<string, RegExp>>

/** The figures of a run, those of the guest first. A figure whose metrics are not there is left out. */
export function figuresOf({ sources }: Metrics): Figure[] {
  const find = (instance: string): Reader | undefined => {
    const source = sources.find(({ labels }) => labels.job === job && labels.instance === instance)
    return source && new Reader(source)
  }
  const [guest, host, qemu] = ['guest', 'host', 'qemu'].map(find)
  return [...(guest ? guestFigures(guest) : []), ...(host ? hostFigures(host, qemu) : [])].filter(
    ({ lines }) => lines.length > 0,
  )
}

/** The label of all series that are not node_exporter's. */
export const job = 'guestos-actions'

function guestFigures(guest: Reader): Figure[] {
  const { times } = guest
  return [
    { id: 'guest-cpu', title: 'CPU', unit: '%', times, lines: cpuLines(guest) },
    { id: 'guest-memory', title: 'Memory', unit: 'bytes', times, lines: memoryLines(guest) },
    { id: 'guest-disk', title: 'Disk', unit: 'bytes/s', times, lines: diskLines(guest) },
    { id: 'guest-pressure', title: 'Pressure', unit: '%', times, lines: pressureLines(guest) },
    { id: 'guest-network', title: 'Network', unit: 'bytes/s', times, lines: networkLines(guest) },
    {
      ...{ id: 'guest-operations', title: 'Disk operations', unit: '1/s', times },
      lines: present({
        reads: guest.rate('node_disk_reads_completed_total', disks),
        writes: guest.rate('node_disk_writes_completed_total', disks),
      }),
    },
    { id: 'guest-tasks', title: 'Load and tasks', unit: '', times, lines: taskLines(guest) },
  ]
}

function hostFigures(host: Reader, qemu: Reader | undefined): Figure[] {
  const { times } = host
  return [
    {
      ...{ id: 'host-cpu', title: 'CPU of the host', unit: '%', times },
      lines: [
        ...(qemu ? present({ QEMU: shareOf(qemu.rate('process_cpu_seconds_total'), cpuTime(host)) }) : []),
        ...cpuLines(host),
      ],
    },
    {
      ...{ id: 'host-memory', title: 'Memory of the host', unit: 'bytes', times },
      lines: [
        ...(qemu ? present({ QEMU: qemu.sum('process_resident_memory_bytes') }) : []),
        ...memoryLines(host),
      ],
    },
    {
      ...{ id: 'host-disk', title: 'Disk of the host', unit: 'bytes/s', times },
      lines: [
        ...(qemu
          ? present({
              'QEMU read': qemu.rate('process_read_bytes_total'),
              'QEMU written': qemu.rate('process_written_bytes_total'),
            })
          : []),
        ...diskLines(host),
      ],
    },
    { id: 'host-pressure', title: 'Pressure on the host', unit: '%', times, lines: pressureLines(host) },
    { id: 'host-tasks', title: 'Load and tasks of the host', unit: '', times, lines: taskLines(host) },
    {
      ...{ id: 'host-frequency', title: 'Frequency of the host', unit: 'Hz', times },
      lines: present({ 'mean of the CPUs': host.mean('node_cpu_scaling_frequency_hertz') }),
    },
  ]
}

/** Shares of all CPUs together. */
function cpuLines(source: Reader): Line[] {
  const whole = cpuTime(source)
  const rate = (mode: RegExp): Values => shareOf(source.rate('node_cpu_seconds_total', { mode }), whole)
  return present({
    busy: rate(/^(user|nice|system|irq|softirq)$/),
    user: rate(/^(user|nice)$/),
    system: rate(/^(system|irq|softirq)$/),
    'I/O wait': rate(/^iowait$/),
    steal: rate(/^steal$/),
  })
}

/** Seconds in a second of all CPUs together: their number, but for what accounting loses. */
const cpuTime = (source: Reader): Values => source.rate('node_cpu_seconds_total')

function memoryLines(source: Reader): Line[] {
  const total = source.sum('node_memory_MemTotal_bytes')
  const available = source.sum('node_memory_MemAvailable_bytes')
  return present({
    used: both(total, available, (all, free) => all - free),
    'page cache': source.sum('node_memory_Cached_bytes'),
    dirty: source.sum('node_memory_Dirty_bytes'),
  })
}

/** What lies on other disks, as a mapped device does, is not counted twice. */
const disks: Match = { device: /^(?!dm-|md|drbd|bcache)/ }
const loopback: Match = { device: /^lo$/ }
const wires: Match = { device: /^(?!lo$|veth|docker|br-|virbr|tap|bond)/ }

function diskLines(source: Reader): Line[] {
  return present({
    read: source.rate('node_disk_read_bytes_total', disks),
    written: source.rate('node_disk_written_bytes_total', disks),
  })
}

function networkLines(source: Reader): Line[] {
  return present({
    received: source.rate('node_network_receive_bytes_total', wires),
    sent: source.rate('node_network_transmit_bytes_total', wires),
    loopback: source.rate('node_network_receive_bytes_total', loopback),
  })
}

/** The share of time in which some task waited for a resource. */
function pressureLines(source: Reader): Line[] {
  const rate = (name: string): Values => source.rate(`node_pressure_${name}_seconds_total`).map(percent)
  return present({
    CPU: rate('cpu_waiting'),
    memory: rate('memory_waiting'),
    'I/O': rate('io_waiting'),
    'all on I/O': rate('io_stalled'),
  })
}

function taskLines(source: Reader): Line[] {
  return present({
    'load of a minute': source.sum('node_load1'),
    running: source.sum('node_procs_running'),
    blocked: source.sum('node_procs_blocked'),
  })
}

/** Looks up series of a source and joins them. */
class Reader {
  readonly times: readonly number[]
  private readonly series: readonly Series[]

  constructor({ times, series }: Source) {
    this.times = times
    this.series = series
  }

  sum(name: string, match: Match = {}): Values {
    return total(this.find(name, match).map(({ values }) => values))
  }

  mean(name: string): Values {
    const found = this.find(name, {})
    return this.sum(name).map((value) => (value === null ? null : value / found.length))
  }

  /** Growth in a second, of all that match together; none across a gap or where a counter began anew. */
  rate(name: string, match: Match = {}): Values {
    return total(this.find(name, match).map(({ values }) => this.growth(values)))
  }

  private growth(values: Values): (number | null)[] {
    return values.map((value, row) => {
      const before = values[row - 1] ?? null
      if (value === null || before === null || value < before) return null
      return (value - before) / ((this.times[row] ?? 0) - (this.times[row - 1] ?? 0))
    })
  }

  private find(name: string, match: Match): readonly Series[] {
    return this.series.filter(
      (series) =>
        series.name === name &&
        Object.entries(match).every(([label, pattern]) => pattern.test(series.labels[label] ?? '')),
    )
  }
}

/** Row by row; null only where all are. */
function total(columns: readonly Values[]): (number | null)[] {
  const [first = [], ...others] = columns
  return first.map((value, row) =>
    others.reduce<number | null>((sum, column) => {
      const more = column[row] ?? null
      return more === null ? sum : (sum ?? 0) + more
    }, value),
  )
}

function both(a: Values, b: Values, join: (a: number, b: number) => number): Values {
  return a.map((value, row) => {
    const other = b[row] ?? null
    return value === null || other === null ? null : join(value, other)
  })
}

/** Per cent; what is counted by ticks may go a little beyond a hundred. */
const percent = (share: number | null): number | null => (share === null ? null : Math.min(100 * share, 100))

const shareOf = (part: Values, whole: Values): Values =>
  both(part, whole, (some, all) => (all > 0 ? some / all : 0)).map(percent)

/** Lines that have at least one value. */
function present(lines: Readonly<Record<string, Values>>): Line[] {
  return Object.entries(lines)
    .filter(([, values]) => values.some((value) => value !== null))
    .map(([name, values]) => ({ name, values }))
}
