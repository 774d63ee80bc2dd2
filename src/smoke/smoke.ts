import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { InputError, Failure, UserError } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { formatDuration } from '../runtime/units.js'
import { withGuest } from '../vm/guest.js'
import { readVm } from '../vm/state.js'
import { annotate } from './annotations.js'
import { type BuiltInName, builtInChecks } from './built-in.js'
import { findTests } from './discover.js'
import { plan } from './plan.js'
import { type ReportFiles, writeReports } from './reports.js'
import { count, formatCounts, inertFailure, inertLine, type SmokeReport, type TestResult } from './result.js'
import { runShared, withoutAttempt } from './run.js'
import type { SmokeTest } from './test.js'

export interface SmokeInputs {
  /** State folder of the VM. */
  readonly vm: string
  /** File or folder; without it only the built-in checks run. */
  readonly tests: string | undefined
  readonly skipChecks: readonly BuiltInName[]
  readonly expectVersion: string | undefined
  readonly versionCommand: string
  readonly retries: number
  /** Milliseconds, of each test that sets none. */
  readonly timeout: number
  /** Folder, made when it is not there. */
  readonly reports: string
}

export interface SmokeOutcome {
  readonly report: SmokeReport
  readonly files: ReportFiles
  /** What the step fails with, once outputs are set: the VM's failure, or which tests failed. */
  readonly error?: Error
}

/**
 * Runs smoke tests in a booted VM and writes their reports. Failed tests and a dying VM are part of the outcome.
 * @throws {InputError | UserError} before anything runs, when there is no VM or the tests are not right
 */
export async function runSmokeTests(inputs: SmokeInputs): Promise<SmokeOutcome> {
  const tests = collect(inputs)
  const started = new Date()
  const { results, error } = await runAll(inputs, tests)
  const vm = readVm(inputs.vm)
  const report: SmokeReport = {
    schema: 1,
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    vm: {
      name: vm.name,
      image: vm.image,
      accelerator: vm.accelerator,
      qemuVersion: vm.qemuVersion,
      bootId: vm.bootId === undefined ? null : inertLine(vm.bootId),
    },
    counts: count(results),
    ...(error instanceof Failure && { failure: inertFailure(error.toReport()) }),
    tests: results,
  }
  info(`${formatCounts(report.counts)} in ${formatDuration(report.seconds * 1000)}`)
  mkdirSync(inputs.reports, { recursive: true })
  const files = writeReports(path.resolve(inputs.reports), report)
  annotate(report)
  const problem = error ?? failedTests(results)
  return { report, files, ...(problem !== undefined && { error: problem }) }
}

function collect(inputs: SmokeInputs): SmokeTest[] {
  const { timeout, expectVersion, versionCommand, skipChecks } = inputs
  const checks = builtInChecks({ timeout, expectVersion, versionCommand, skip: skipChecks })
  const own = inputs.tests === undefined ? [] : findTests(inputs.tests, timeout)
  if (checks.length + own.length === 0) {
    throw new InputError('tests', '', 'a file or folder of tests, where every built-in check is switched off')
  }
  return plan([...checks, ...own], skipChecks)
}

/** A result for every test, and the error that kept some of them from running. */
async function runAll(
  { vm, retries }: SmokeInputs,
  tests: readonly SmokeTest[],
): Promise<{ results: readonly TestResult[]; error?: Error }> {
  let running: Promise<TestResult[]> | undefined
  try {
    await withGuest(vm, (guest) => {
      info(`Running ${tests.length} smoke tests in VM ${guest.vm.name}`)
      return (running = runShared(guest, tests, retries))
    })
  } catch (error) {
    if (!(error instanceof Failure || error instanceof UserError)) throw error
    // When the VM dies withGuest does not wait for the tests, which end by themselves and know how far they came.
    const results = await running
    return { results: results ?? tests.map((test) => withoutAttempt(test, 'skipped', error.message)), error }
  }
  return { results: (await running) ?? [] }
}

/** `3 of 17 smoke tests failed: a, b, c` */
function failedTests(results: readonly TestResult[]): UserError | undefined {
  const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => name)
  if (failed.length === 0) return undefined
  const named = failed.slice(0, 10).join(', ')
  const more = failed.length > 10 ? ` and ${failed.length - 10} more` : ''
  return new UserError(`${failed.length} of ${results.length} smoke tests failed: ${named}${more}`)
}
