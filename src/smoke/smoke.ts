import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { InputError, Failure, UserError } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { formatDuration } from '../runtime/units.js'
import { checkVm } from '../vm/guest.js'
import { readVm } from '../vm/state.js'
import { annotate } from './annotations.js'
import { type BuiltInName, builtInChecks, type Declared } from './built-in.js'
import { findTests } from './discover.js'
import { readDurations } from './durations.js'
import { plan } from './plan.js'
import { type ReportFiles, writeReports } from './reports.js'
import { count, formatCounts, inertFailure, inertLine, type SmokeReport, type TestResult } from './result.js'
import { schedule } from './schedule.js'
import { selectTests } from './select.js'
import { planShards, type Shard } from './shard.js'
import type { Isolation, SmokeTest } from './test.js'

export interface SmokeInputs {
  /** State folder of the VM. */
  readonly vm: string
  /** File or folder; without it only the built-in checks run. */
  readonly tests: string | undefined
  /** Of each test that does not say it. */
  readonly isolation: Isolation
  /** See select.ts; the built-in checks run whatever they say. */
  readonly tags: readonly string[]
  /** Undefined for all tests. The built-in checks run in each. */
  readonly shard: Shard | undefined
  /** Reports of an earlier run, see durations.ts. */
  readonly durations: string | undefined
  readonly skipChecks: readonly BuiltInName[]
  readonly declared: Declared
  readonly versionCommand: string
  readonly retries: number
  /** Forks that run at one time. */
  readonly jobs: number
  /** A console line that one of these matches, while a test runs, fails the test. */
  readonly failOnConsole: readonly RegExp[]
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
  checkVm(inputs.vm)
  info(`Running ${tests.length} smoke tests in VM ${readVm(inputs.vm).name}`)
  const { results, error } = await schedule(inputs.vm, tests, {
    retries: inputs.retries,
    jobs: inputs.jobs,
    version: inputs.declared.version,
    failOnConsole: inputs.failOnConsole,
  })
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
  const { timeout, declared, versionCommand, skipChecks, isolation, tags, shard, durations } = inputs
  const checks = builtInChecks({ timeout, declared, versionCommand, skip: skipChecks })
  const found = inputs.tests === undefined ? [] : findTests(inputs.tests, { timeout, isolation })
  if (checks.length + found.length === 0) {
    throw new InputError('tests', '', 'a file or folder of tests, where every built-in check is switched off')
  }
  const all = plan([...checks, ...found], skipChecks)
  const own = selectTests(
    all.filter(({ source }) => source !== null),
    tags,
  )
  const known = durations === undefined ? new Map<string, number>() : readDurations(durations)
  const mine = shard === undefined ? own : planShards(own, shard.count, known)[shard.index - 1]
  return all.filter((test) => test.source === null || mine?.includes(test) === true)
}

/** `3 of 17 smoke tests failed: a, b, c` */
function failedTests(results: readonly TestResult[]): UserError | undefined {
  const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => name)
  if (failed.length === 0) return undefined
  const named = failed.slice(0, 10).join(', ')
  const more = failed.length > 10 ? ` and ${failed.length - 10} more` : ''
  return new UserError(`${failed.length} of ${results.length} smoke tests failed: ${named}${more}`)
}
