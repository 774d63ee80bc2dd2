import { cell, table } from '../runtime/summary.js'
import type { VmState } from './state.js'

/** Characters of a bar that lasts from QEMU's start until the guest was ready. */
const width = 40

/** The step summary of a boot: how long each stage took, in seconds, and as a bar beside the others. */
export function bootSummary(vm: VmState): string {
  const entries = Object.entries(vm.timings)
  const total = vm.timings.ready ?? 0
  const rows = entries.map(([stage, from], index) => {
    const until = entries[index + 1]?.[1]
    const takes = until === undefined ? '' : (until - from).toFixed(1)
    return [cell(stage), from.toFixed(1), takes, until === undefined ? '' : bar(from, until, total)]
  })
  return [
    `### Boot: ready after ${total.toFixed(1)} s (${cell(vm.name)}, ${vm.accelerator}, QEMU ${cell(vm.qemuVersion)})`,
    '',
    table(['Stage', 'begins (s)', 'takes (s)', ''], rows, 'lrrl'),
  ].join('\n')
}

/** `░░░███` on the scale of `total`; what is too short to see has one mark. */
export function bar(from: number, until: number, total: number): string {
  const place = (seconds: number): number => Math.round((seconds / total) * width)
  const begin = Math.min(place(from), width - 1)
  return '░'.repeat(begin) + '█'.repeat(Math.max(place(until) - begin, 1))
}
