import { readdirSync, readFileSync } from 'node:fs'
import { procFiles, procReadings } from './proc.js'
import type { Reading } from './reading.js'

/** Clock ticks in a second, and bytes of a page of memory: constants of x86. */
const ticks = 100
const page = 4096
/** CPUs whose frequency is told. */
const mostCpus = 16

/** What this machine does now. A file that it does not have is none of its readings. */
export function hostReadings(): Reading[] {
  return [...procFiles.flatMap((file) => procReadings(file, textOf(`/proc/${file}`))), ...frequencyReadings()]
}

/** What a process of ours does now, QEMU for one; none once it has ended. Source: proc(5), stat, statm and io. */
export function processReadings(pid: number, read = textOf): Reading[] {
  const of = (name: string, value: number): Reading[] =>
    Number.isFinite(value) ? [{ name, labels: {}, value }] : []
  // A program's name may hold spaces and brackets: count from the last one.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
  const io = read(`/proc/${pid}/io`)
  const bytes = (key: string): number => Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(io)?.[1] ?? NaN)
  return [
    ...of('process_cpu_seconds_total', (Number(fields[11]) + Number(fields[12])) / ticks),
    ...of('process_resident_memory_bytes', Number(read(`/proc/${pid}/statm`).split(' ')[1]) * page),
    ...of('process_read_bytes_total', bytes('read_bytes')),
    ...of('process_written_bytes_total', bytes('write_bytes')),
  ]
}

/** Virtual machines have none. Source: the kernel's Documentation/admin-guide/pm/cpufreq.rst, in kHz. */
function frequencyReadings(): Reading[] {
  return frequencies.flatMap(({ cpu, file }) => {
    const kilohertz = Number(textOf(file) || NaN)
    return Number.isFinite(kilohertz)
      ? [{ name: 'node_cpu_scaling_frequency_hertz', labels: { cpu }, value: kilohertz * 1000 }]
      : []
  })
}

const folder = '/sys/devices/system/cpu'
const frequencies = namesIn(folder)
  .flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? [])
  .slice(0, mostCpus)
  .map((cpu) => ({ cpu, file: `${folder}/cpu${cpu}/cpufreq/scaling_cur_freq` }))
  .filter(({ file }) => textOf(file) !== '')

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
