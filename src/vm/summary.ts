import { cell, table } from '../runtime/summary.js'
import type { VmState } from './state.js'

/** The step summary of a boot: how long each stage took, in seconds. */
export function bootSummary(vm: VmState): string {
  const entries = Object.entries(vm.timings)
  const rows = entries.map(([stage, from], index) => {
    const until = entries[index + 1]?.[1]
    return [cell(stage), from.toFixed(1), until === undefined ? '' : (until - from).toFixed(1)]
  })
  return [
    `### Boot: ready after ${vm.timings.ready?.toFixed(1) ?? '?'} s (${vm.accelerator}, QEMU ${cell(vm.qemuVersion)})`,
    '',
    table(['Stage', 'begins (s)', 'takes (s)'], rows, 'lrr'),
  ].join('\n')
}
