import path from 'node:path'
import { describe } from '../runtime/action.js'
import { Failure, UserError } from '../runtime/errors.js'
import { info, warning } from '../runtime/log.js'
import { formatDuration } from '../runtime/units.js'
import type { VmState } from '../vm/state.js'
import type { BenchmarkInputs } from './inputs.js'
import type { Journal, Run } from './journal.js'

/** @throws {Failure} acceleration, when the VM does not run as the measurement needs it */
export function checkAccelerator(vm: VmState, { requireAccelerator }: BenchmarkInputs): void {
  if (requireAccelerator === 'any' || vm.accelerator === requireAccelerator) return
  throw new Failure({
    class: 'acceleration',
    message: `require-accelerator is ${requireAccelerator} but the VM runs under ${vm.accelerator}`,
    advice: `Boot it with accelerator: ${requireAccelerator}, or set require-accelerator: any`,
  })
}

/** What is wrong with the runs that the guest lived through. */
export function problemsOf(inputs: BenchmarkInputs, { runs }: Journal): Error[] {
  return runs.flatMap((run) => {
    const name = path.basename(inputs.runner)
    return problemsOfRun(inputs, run, run.folder === '' ? name : `${name}, run ${run.folder},`)
  })
}

function problemsOfRun(inputs: BenchmarkInputs, { end, received, complete }: Run, name: string): Error[] {
  const problems: string[] = []
  if (end?.timedOut === true) {
    problems.push(`${name} had not ended after ${formatDuration(inputs.timeout)} and was stopped`)
  } else if (end !== undefined && end.exitCode !== null && end.exitCode !== 0) {
    problems.push(`${name} ended with status ${end.exitCode}`)
  }
  if (!complete || received === undefined) return problems.map((problem) => new UserError(problem))

  if (received.broken !== undefined) {
    problems.push(`Not all results could be copied: ${received.broken}\n${received.complaint}`.trimEnd())
  }
  if (received.files.every((file) => file.bytes === 0) && received.cut === undefined) {
    const message = `${name} left no results: ${inputs.resultsDirectory} is ${received.missing ? 'missing' : 'empty'}`
    if (inputs.ifNoResults === 'error') problems.push(message)
    else (inputs.ifNoResults === 'warn' ? warning : info)(message)
  }
  return problems.map((problem) => new UserError(problem))
}

/** One error for all; the VM's own failure keeps its class. */
export function joinedProblem(problems: readonly Error[]): Error | undefined {
  const [first, ...others] = problems
  if (first === undefined || others.length === 0) return first
  const rest = others.map(describe).join('\n')
  return first instanceof Failure
    ? new Failure({ ...first.toReport(), message: `${first.message}\n${rest}` })
    : new UserError(`${describe(first)}\n${rest}`)
}
