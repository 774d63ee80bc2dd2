import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { inert } from '../runtime/inert.js'
import type { Guest } from '../vm/guest.js'
import { canaryHere } from './canary.js'
import type { Canary, Machine } from './record.js'

/** The first line of /proc/stat: clock ticks since boot by what they were spent on. */
export type CpuTicks = string

const question = [
  'uname -r',
  'nproc',
  'head -n 1 /proc/stat',
  "grep -m 1 '^MemTotal' /proc/meminfo",
  "grep -m 1 '^model name' /proc/cpuinfo",
].join('; ')

/** The guest as it describes itself; what it does not say in the usual words is empty or 0. */
export async function guestMachine(guest: Guest): Promise<{ machine: Machine; ticks: CpuTicks }> {
  const { stdout } = await guest.run(question, { timeout: 60_000, limit: 8192 })
  const [kernel = '', processors = '', ticks = '', memory = '', model = ''] = stdout.split('\n')
  const kibibytes = /(\d{1,12}) kB/.exec(memory)?.[1] ?? '0'
  return {
    machine: {
      kernel: inert(kernel.slice(0, 200)),
      cpuModel: inert(model.slice(0, 200).replace(/^.*?:\s*/, '')),
      cpus: /^\d{1,4}$/.test(processors) ? Number(processors) : 0,
      memory: Number(kibibytes) * 1024,
    },
    ticks,
  }
}

/** This machine now. */
export interface HostNow {
  readonly machine: Machine
  readonly canary: Canary | null
  readonly ticks: CpuTicks
  /** The mean of the last minute. */
  readonly load: number
}

export async function hostNow(): Promise<HostNow> {
  const load = loadavg()[0] ?? 0
  const canary = await canaryHere()
  const machine = {
    kernel: release(),
    cpuModel: cpus()[0]?.model ?? '',
    cpus: cpus().length,
    memory: totalmem(),
  }
  return { machine, canary, ticks: readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '', load }
}

/**
 * The share of CPU time, 0 to 1, that was stolen between two readings; null when they do not tell.
 * Source: proc(5), /proc/stat: user nice system idle iowait irq softirq steal; guest time is within user time.
 */
export function stealShare(before: CpuTicks, after: CpuTicks): number | null {
  const [first, second] = [before, after].map((line) => line.split(/\s+/).slice(1, 9).map(Number))
  const spent = (second ?? []).map((ticks, index) => ticks - (first?.[index] ?? NaN))
  const share = (spent[7] ?? NaN) / spent.reduce((sum, ticks) => sum + ticks, 0)
  return share >= 0 && share <= 1 ? share : null
}
