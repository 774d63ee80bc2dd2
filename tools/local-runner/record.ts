import type { Artifact } from './results-service/artifacts.js'
import type { CacheEntry } from './results-service/cache.js'

export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped'

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
  readonly properties: Readonly<Record<string, string>>
}

export interface StepRecord {
  readonly name: string
  readonly id?: string
  readonly stage: 'main' | 'post'
  /** 0 for the job's own steps, 1 for the steps of a composite action, and so on. */
  readonly depth: number
  /** Before continue-on-error. */
  readonly outcome: Outcome
  /** After it. */
  readonly conclusion: Outcome
  readonly seconds: number
  readonly outputs: Readonly<Record<string, string>>
  /** Copies of the reports and logs that outputs name, by output, below the run's folder. */
  readonly files?: Readonly<Record<string, string>>
  /** How often each workflow command was found in the output. */
  readonly commands: Readonly<Record<string, number>>
  readonly annotations: readonly Annotation[]
  /** Below the run's folder. */
  readonly log?: string
  /** Markdown of GITHUB_STEP_SUMMARY, below the run's folder. */
  readonly summary?: string
}

export interface JobRecord {
  readonly id: string
  readonly name: string
  readonly matrix?: Readonly<Record<string, unknown>>
  readonly outcome: Outcome
  readonly seconds: number
  readonly outputs: Readonly<Record<string, string>>
  readonly steps: readonly StepRecord[]
  /** Processes that were still there at the job's end and were killed. */
  readonly orphans: readonly string[]
  /** Absolute path of the job's GITHUB_WORKSPACE, kept until the next run. */
  readonly workspace: string
}

/** What run.json holds. */
export interface RunResult {
  readonly schema: 1
  /** Absolute path of the folder with everything the run left. */
  readonly folder: string
  readonly workflow: string
  readonly file: string
  readonly event: string
  readonly sha: string
  readonly startedAt: string
  readonly outcome: Outcome
  readonly seconds: number
  readonly jobs: readonly JobRecord[]
  readonly artifacts: readonly Artifact[]
  readonly cache: readonly CacheEntry[]
}
