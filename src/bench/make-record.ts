import path from 'node:path'
import { inertLines } from '../runtime/inert.js'
import type { VmState } from '../vm/state.js'
import type { BenchmarkInputs } from './inputs.js'
import { exitCodeOf, type Journal, type Run } from './journal.js'
import { type HostNow, stealShare } from './machine.js'
import { provenance } from './provenance.js'
import type { Machine, Result, RunRecord } from './record.js'
import type { ReadResults } from './results.js'

const unknownMachine: Machine = { kernel: '', cpuModel: '', cpus: 0, memory: 0 }

/** Puts together what is known of a run, whether it came to its end or not. */
export function makeRecord(
  inputs: BenchmarkInputs,
  journal: Journal,
  vm: VmState,
  host: { readonly before: HostNow; readonly after: HostNow },
  { results, files }: ReadResults,
  problems: readonly string[],
): RunRecord {
  const { machine, ticks, canary, runs, phases } = journal
  const startedAt = journal.startedAt ?? Date.now()
  const milliseconds = runs.every(({ end }) => end !== undefined)
    ? runs.reduce((sum, { end }) => sum + (end?.milliseconds ?? 0), 0)
    : Date.now() - startedAt
  const whole = runs.length === inputs.repeat && runs.every(isWhole)
  return {
    schema: 1,
    partial: !whole,
    problems: problems.map((problem) => inertLines(problem).join('\n')),
    run: provenance(new Date(startedAt)),
    environment: {
      imageDigest: vm.image.digest,
      qemu: vm.qemuVersion,
      accelerator: vm.accelerator,
      guest: machine ?? unknownMachine,
      host: { ...host.before.machine, load: { before: host.before.load, after: host.after.load } },
    },
    boot: vm.timings,
    runner: {
      name: path.basename(inputs.runner),
      runs: runs.length,
      exitCode: exitCodeOf(journal),
      timedOut: runs.some(({ end }) => end?.timedOut === true),
      seconds: Math.round(milliseconds) / 1000,
    },
    results: [...results, ...bootResults(vm.timings)],
    noise: {
      guestSteal: stealShare(ticks?.before ?? '', ticks?.after ?? ''),
      hostSteal: stealShare(host.before.ticks, host.after.ticks),
      canary: { guest: canary, host: { before: host.before.canary, after: host.after.canary } },
    },
    phases,
    files,
  }
}

/** Whether the runner came to its end, and all that it left came here. */
function isWhole({ end, received, complete }: Run): boolean {
  const copied = complete && received?.broken === undefined && received?.limit === undefined
  return copied && end?.timedOut === false
}

/** A boot is a benchmark too: the seconds until each of its stages, but for the one that begins with QEMU itself. */
function bootResults(timings: VmState['timings']): Result[] {
  const later = Object.entries(timings).filter(([, seconds]) => seconds > 0)
  return later.map(([stage, seconds]) => ({
    name: `boot/${stage}`,
    metric: 'time',
    unit: 's',
    better: 'lower',
    samples: [[seconds]],
  }))
}
