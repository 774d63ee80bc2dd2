import path from 'node:path'
import type { Received } from '../ssh/transfer.js'
import type { CpuTicks } from './machine.js'
import type { Sampling } from './metrics/sampling.js'
import type { Canary, Machine, Phase } from './record.js'

/** What is known of a benchmark so far; it is read also when the guest dies in the middle of it. */
export interface Journal {
  readonly folder: string
  machine?: Machine
  ticks?: { before: CpuTicks; after?: CpuTicks }
  /** Of the guest. */
  canary: { before: Canary | null; after: Canary | null }
  /** Milliseconds since the epoch at which the runner was first started; unset until then. */
  startedAt?: number
  phases: readonly Phase[]
  sampling?: Sampling
  /** One for each time that the runner was started, in this order. */
  readonly runs: Run[]
}

/** The runner, started once. */
export interface Run {
  /** The folder of its results within that of all results; empty where the runner runs only once. */
  readonly folder: string
  /** Unset until it was seen to end. */
  end?: { readonly exitCode: number | null; readonly timedOut: boolean; readonly milliseconds: number }
  /** The newest copy of its results. */
  received?: Received
  /** Whether that copy was made after the runner had ended. */
  complete: boolean
}

/** Where things lie in a journal's folder. */
export const places = {
  results: 'results',
  output: 'runner.log',
  console: 'console.log',
  record: 'run-record.json',
  metrics: 'metrics.json',
  openMetrics: 'openmetrics.txt',
  charts: 'charts',
  page: 'benchmarks.html',
}

/** A file that a run left. */
export interface ResultFile {
  /** Its path in the folder of all results. */
  readonly path: string
  /** Its path in the results of its run. */
  readonly own: string
  readonly bytes: number
}

/** The files of all runs, those of a run in the order of their names. */
export function resultFiles({ runs }: Journal): ResultFile[] {
  return runs.flatMap(({ folder, received }) =>
    (received?.files ?? [])
      .map((file) => ({ path: path.posix.join(folder, file.path), own: file.path, bytes: file.bytes }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  )
}

/** The exit status of the first run that did not end with 0; null where one was not seen to end. */
export function exitCodeOf({ runs }: Journal): number | null {
  const codes = runs.map(({ end }) => end?.exitCode ?? null)
  return codes.length === 0 || codes.includes(null) ? null : (codes.find((code) => code !== 0) ?? 0)
}
