import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe } from '../runtime/action.js'
import { inert } from '../runtime/inert.js'
import { info, warning } from '../runtime/log.js'
import { addSummary } from '../runtime/summary.js'
import { tempFolder } from '../runtime/temp.js'
import { formatSize } from '../runtime/units.js'
import { verdictWithin, withGuest } from '../vm/guest.js'
import { readVm } from '../vm/state.js'
import { type Artifact, upload } from './artifact.js'
import { exportsOf } from './exports.js'
import { benchmarkIn } from './guest-run.js'
import type { BenchmarkInputs } from './inputs.js'
import { exitCodeOf, type Journal, places, resultFiles } from './journal.js'
import { checkAccelerator, joinedProblem, problemsOf } from './judge.js'
import { type HostNow, hostNow } from './machine.js'
import { keepCharts } from './keep-charts.js'
import { keepMetrics } from './keep-metrics.js'
import { makeRecord } from './make-record.js'
import { readResults } from './results.js'
import { list, showFiles } from './show.js'
import { summaryOf } from './summary.js'

export interface BenchmarkOutcome {
  /** The folder of what the guest's results folder held. */
  readonly results: string
  /** The run record's file. */
  readonly record: string
  /** Null when the runner was not seen to end. */
  readonly runnerExitCode: number | null
  /** Undefined when there was nowhere to upload to, or it failed. */
  readonly artifact: Artifact | undefined
  /** Why the step fails, if it does; everything that could be kept has been. */
  readonly problem: Error | undefined
}

/**
 * Runs a benchmark in a guest and keeps what it leaves: in a folder of its own under RUNNER_TEMP, in the log, in an
 * artifact, in the step's summary.
 * @throws {InputError} @throws {UserError} @throws {Failure} when the runner could not be started at all
 */
export async function runBenchmark(inputs: BenchmarkInputs): Promise<BenchmarkOutcome> {
  const folder = mkdtempSync(path.join(tempFolder(), 'guestos-benchmark-'))
  const host = await hostNow()
  const journal: Journal = { folder, canary: { before: null, after: null }, phases: [], runs: [] }
  const problems: Error[] = []
  let working: Promise<void> = Promise.resolve()
  try {
    await withGuest(inputs.vm, (guest) => {
      checkAccelerator(guest.vm, inputs)
      working = benchmarkIn(guest, inputs, journal)
      return working
    })
  } catch (error) {
    // A dead guest ends the wait at once; our own end of the broken connections follows within a moment.
    await Promise.race([working.catch(() => undefined), setTimeout(verdictWithin, undefined, { ref: false })])
    await journal.sampling?.stop()
    if (journal.startedAt === undefined) {
      rmSync(folder, { recursive: true })
      throw error
    }
    problems.push(error instanceof Error ? error : new Error(String(error)))
  }
  return keep(inputs, journal, host, problems)
}

async function keep(
  inputs: BenchmarkInputs,
  journal: Journal,
  before: HostNow,
  earlier: readonly Error[],
): Promise<BenchmarkOutcome> {
  const { folder, runs } = journal
  const vm = readVm(inputs.vm)
  const results = path.join(folder, places.results)
  const files = resultFiles(journal)
  if (existsSync(vm.console)) copyFileSync(vm.console, path.join(folder, places.console))

  if (files.length > 0) await showFiles(results, files)
  list(
    runs
      .flatMap(({ received }) => received?.skipped ?? [])
      .map(({ name, why }) => `Left out: ${inert(name)}: ${why}`),
  )
  for (const { received } of runs) {
    if (received?.limit === undefined) continue
    warning(`The results were cut at a limit: ${received.limit}. What came before is kept.`)
  }
  const read = readResults(results, files)
  list(read.notes)

  const problems = [...earlier, ...problemsOf(inputs, journal)]
  const host = { before, after: await hostNow() }
  const record = makeRecord(inputs, journal, vm, host, read, problems.map(describe))
  const recordFile = path.join(folder, places.record)
  writeFileSync(recordFile, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })

  const figures = await keepMetrics(inputs, journal, record.run)
  keepCharts(folder, record, figures)

  // The words of other tools have none for a part of the results.
  const exported = record.partial ? [] : exportsOf(record.results)
  for (const [name, text] of exported) writeFileSync(path.join(folder, name), text, { mode: 0o600 })

  const artifact = await uploadOr(inputs, folder, problems)
  addSummary(summaryOf(record, artifact, folder, figures))
  info(`Results: ${results}\nRun record: ${recordFile}`)
  return {
    results,
    record: recordFile,
    runnerExitCode: exitCodeOf(journal),
    artifact,
    problem: joinedProblem(problems),
  }
}

async function uploadOr(
  inputs: BenchmarkInputs,
  folder: string,
  problems: Error[],
): Promise<Artifact | undefined> {
  try {
    const artifact = await upload(folder, inputs.artifactName, inputs.retentionDays)
    info(
      artifact
        ? `Artifact ${inputs.artifactName}: ${formatSize(artifact.bytes)}, ${artifact.digest}\n${artifact.url}`
        : 'There is no artifact service here: nothing is uploaded.',
    )
    return artifact
  } catch (error) {
    problems.push(error instanceof Error ? error : new Error(String(error)))
    return undefined
  }
}
