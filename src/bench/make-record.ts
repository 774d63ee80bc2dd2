import path from 'node:path'
import { inertLines } from '../runtime/inert.js'
import type { VmState } from '../vm/state.js'
import type { Journal } from './guest-run.js'
import type { BenchmarkInputs } from './inputs.js'
import { hostMachine, stealShare } from './machine.js'
import { provenance } from './provenance.js'
import type { Machine, RunRecord } from './record.js'
import type { ReadResults } from './results.js'

const unknownMachine: Machine = { kernel: '', cpuModel: '', cpus: 0, memory: 0 }

/** Puts together what is known of a run, whether it came to its end or not. */
export function makeRecord(
  inputs: BenchmarkInputs,
  journal: Journal,
  vm: VmState,
  host: ReturnType<typeof hostMachine>,
  { results, files }: ReadResults,
  problems: readonly string[],
): RunRecord {
  const { machine, ticks, runner, received, phases } = journal
  const now = hostMachine()
  const startedAt = journal.startedAt ?? Date.now()
  const whole = runner?.timedOut === false && received !== undefined && received.broken === undefined
  return {
    schema: 1,
    partial: !whole || received.limit !== undefined,
    problems: problems.map((problem) => inertLines(problem).join('\n')),
    run: provenance(new Date(startedAt)),
    environment: {
      imageDigest: vm.image.digest,
      qemu: vm.qemuVersion,
      accelerator: vm.accelerator,
      guest: machine ?? unknownMachine,
      host: { ...host.machine, load: { before: host.load, after: now.load } },
    },
    boot: vm.timings,
    runner: {
      name: path.basename(inputs.runner),
      exitCode: runner?.exitCode ?? null,
      timedOut: runner?.timedOut ?? false,
      seconds: Math.round(runner?.milliseconds ?? Date.now() - startedAt) / 1000,
    },
    results,
    noise: {
      guestSteal: stealShare(ticks?.before ?? '', ticks?.after ?? ''),
      hostSteal: stealShare(host.ticks, now.ticks),
    },
    phases,
    files,
  }
}
