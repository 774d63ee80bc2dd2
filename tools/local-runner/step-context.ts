import type { StepLog } from './step-log.js'
import type { Step } from './step-definition.js'

/** One step under way. */
export interface StepContext {
  readonly step: Step
  /** Its `env`, evaluated. */
  readonly env: Readonly<Record<string, string>>
  /** GITHUB_ACTION. */
  readonly action: string
  readonly name: string
  readonly log: StepLog
  readonly cancel: AbortSignal
}
