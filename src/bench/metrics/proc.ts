/** What the files of /proc say, as readings. Source for all: proc(5) and the kernel's own documentation of each file. */
import { visible } from '../../runtime/inert.js'
import type { Labels, Reading } from './reading.js'

/** Clock ticks in a second (USER_HZ), and bytes of a sector in diskstats: constants of the kernel's interface on x86. */
const ticks = 100
const sector = 512
/** CPUs beyond which only their sum is kept, and devices beyond which no more are. */
const mostCpus = 16
const mostDevices = 32

const reading = (name: string, value: number, labels: Labels = {}): Reading => ({ name, labels, value })

/** A device's name is the guest's to choose. */
const nameOf = (device: string): string => visible(device).slice(0, 64)

const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal']
const counts: Readonly<Record<string, string>> = {
  ctxt: 'node_context_switches_total',
  processes: 'node_forks_total',
  procs_running: 'node_procs_running',
  procs_blocked: 'node_procs_blocked',
}

/** /proc/stat: seconds by CPU and mode (those of guests are within user and nice), and some counts. */
export function statReadings(text: string): Reading[] {
  const cpus = [...text.matchAll(/^cpu(\d*) +([\d ]+)$/gm)]
  const single = cpus.filter(([, cpu]) => cpu !== '')
  const chosen = single.length > 0 && single.length <= mostCpus ? single : cpus.slice(0, 1)
  const seconds = chosen.flatMap(([, cpu = '', numbers = '']) =>
    numbers
      .split(' ')
      .slice(0, modes.length)
      .map((value, index) =>
        reading('node_cpu_seconds_total', Number(value) / ticks, {
          cpu: cpu === '' ? 'all' : cpu,
          mode: modes[index] ?? '',
        }),
      ),
  )
  const others = [...text.matchAll(/^(ctxt|processes|procs_running|procs_blocked) (\d+)$/gm)].map(
    ([, key = '', value]) => reading(counts[key] ?? '', Number(value)),
  )
  return [...seconds, ...others]
}

export function loadReadings(text: string): Reading[] {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text)
  if (!match) return []
  return ['node_load1', 'node_load5', 'node_load15'].map((name, index) =>
    reading(name, Number(match[index + 1])),
  )
}

/** /proc/meminfo, which says kB and means KiB. */
export function memoryReadings(text: string): Reading[] {
  const wanted = /^(MemTotal|MemFree|MemAvailable|Buffers|Cached|Dirty|SwapTotal|SwapFree): +(\d+) kB$/gm
  return [...text.matchAll(wanted)].map(([, key = '', kibibytes]) =>
    reading(`node_memory_${key}_bytes`, Number(kibibytes) * 1024),
  )
}

/** /proc/pressure/*: `total` is in microseconds. A CPU has no `full` for a whole machine. */
export function pressureReadings(resource: 'cpu' | 'memory' | 'io', text: string): Reading[] {
  return [...text.matchAll(/^(some|full) .*total=(\d+)$/gm)]
    .filter(([, share]) => share === 'some' || resource !== 'cpu')
    .map(([, share, microseconds]) =>
      reading(
        `node_pressure_${resource}_${share === 'some' ? 'waiting' : 'stalled'}_seconds_total`,
        Number(microseconds) / 1e6,
      ),
    )
}

/** Partitions and memory disks, which node_exporter leaves out as well: what they do their disk does too. */
const partial = /^(z?ram|loop|fd|sr|(h|s|v|xv)d[a-z]+\d|nvme\d+n\d+p|mmcblk\d+p)\d*$/

export function diskReadings(text: string): Reading[] {
  return [...text.matchAll(/^ *\d+ +\d+ (\S+) ([\d ]+)$/gm)]
    .filter(([, device = '']) => !partial.test(device))
    .slice(0, mostDevices)
    .flatMap(([, device = '', numbers = '']) => {
      const [reads = 0, , sectorsRead = 0, , writes = 0, , sectorsWritten = 0, , , busy = 0] = numbers
        .split(' ')
        .map(Number)
      const labels = { device: nameOf(device) }
      return [
        reading('node_disk_reads_completed_total', reads, labels),
        reading('node_disk_read_bytes_total', sectorsRead * sector, labels),
        reading('node_disk_writes_completed_total', writes, labels),
        reading('node_disk_written_bytes_total', sectorsWritten * sector, labels),
        reading('node_disk_io_time_seconds_total', busy / 1000, labels),
      ]
    })
}

const directions = [
  { name: 'receive', first: 0 },
  { name: 'transmit', first: 8 },
]
const columns = ['bytes', 'packets', 'errs', 'drop']

/** /proc/net/dev: eight columns of what was received, then eight of what was sent. */
export function networkReadings(text: string): Reading[] {
  return [...text.matchAll(/^ *(\S+): *((?:\d+ +){15}\d+) *$/gm)]
    .slice(0, mostDevices)
    .flatMap(([, device = '', numbers = '']) => {
      const values = numbers.split(/ +/).map(Number)
      return directions.flatMap(({ name, first }) =>
        columns.map((column, index) =>
          reading(`node_network_${name}_${column}_total`, values[first + index] ?? 0, {
            device: nameOf(device),
          }),
        ),
      )
    })
}

const readers: Readonly<Record<string, (text: string) => Reading[]>> = {
  stat: statReadings,
  loadavg: loadReadings,
  meminfo: memoryReadings,
  'pressure/cpu': (text) => pressureReadings('cpu', text),
  'pressure/memory': (text) => pressureReadings('memory', text),
  'pressure/io': (text) => pressureReadings('io', text),
  diskstats: diskReadings,
  'net/dev': networkReadings,
}

/** The files below /proc that are read at every tick. */
export const procFiles = Object.keys(readers)

/** The readings of one of `procFiles`; none when it is not as expected. */
export function procReadings(file: string, text: string): Reading[] {
  return (readers[file]?.(text) ?? []).filter(({ value }) => Number.isFinite(value))
}
