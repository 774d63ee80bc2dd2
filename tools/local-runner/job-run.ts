import type { Status, Scope } from './expression.js'
import type { NodeRuns, ActionDefinition } from './action-definition.js'
import type { StepRecord } from './record.js'
import type { Run } from './run-context.js'
import type { Step } from './step-definition.js'

/** One job of a run under way: what its steps share and change. */
export interface JobRun {
  readonly run: Run
  readonly github: Readonly<Record<string, unknown>>
  readonly matrix: Readonly<Record<string, unknown>> | null
  readonly strategy: Readonly<Record<string, unknown>>
  readonly needs: Readonly<Record<string, unknown>>
  /** Gets the logs and summaries; name and absolute path. */
  readonly name: string
  readonly folder: string
  readonly workspace: string
  readonly temp: string
  readonly trackingId: string
  /** What node actions alone are given: the results service and its token. */
  readonly services: Readonly<Record<string, string>>
  readonly defaults: RunDefaults
  /** Of the workflow and the job, and what steps wrote to GITHUB_ENV. */
  readonly env: Record<string, string>
  /** What steps wrote to GITHUB_PATH, first to last. */
  readonly path: string[]
  readonly records: StepRecord[]
  readonly posts: Post[]
  readonly masks: Set<string>
  readonly cancelled: AbortSignal
  failed: boolean
  logs: number
}

export interface RunDefaults {
  readonly shell: string
  readonly workingDirectory: string
}

/** What an action asked to be done when the job's steps are over. */
export interface Post {
  readonly name: string
  readonly frame: Frame
  readonly step: Step
  readonly action: ActionDefinition & { readonly runs: NodeRuns }
  /** What main saved for it. */
  readonly state: Record<string, string>
}

/** A sequence of steps: those of the job, or of a composite action inside it. */
export interface Frame {
  readonly job: JobRun
  readonly depth: number
  readonly steps: Record<string, Pick<StepRecord, 'outputs' | 'outcome' | 'conclusion'>>
  readonly inputs: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string>>
  /** What the github context and GITHUB_* say of the action these steps belong to. */
  readonly github: Readonly<Record<string, string>>
  /** Ends whatever runs in it. */
  readonly cancel: AbortSignal
  failed: boolean
}

export function jobStatus(job: JobRun): Status {
  return job.cancelled.aborted ? 'cancelled' : job.failed ? 'failure' : 'success'
}

export function frameStatus(frame: Frame): Status {
  if (frame.job.cancelled.aborted || frame.cancel.aborted) return 'cancelled'
  return frame.failed ? 'failure' : 'success'
}

/** @param env of the step itself, on top of the frame's */
export function scopeOf(frame: Frame, env: Readonly<Record<string, string>> = {}, status?: Status): Scope {
  const { job } = frame
  return {
    status: status ?? frameStatus(frame),
    workspace: job.workspace,
    contexts: {
      github: { ...job.github, ...frame.github, action_status: frameStatus(frame) },
      env: { ...job.env, ...frame.env, ...env },
      job: { status: jobStatus(job), container: {}, services: {} },
      runner: runnerContext(job),
      steps: frame.steps,
      inputs: frame.inputs,
      needs: job.needs,
      matrix: job.matrix,
      strategy: job.strategy,
      vars: job.run.vars,
      secrets: job.run.secrets,
    },
  }
}

const architectures: Readonly<Record<string, string>> = {
  x64: 'X64',
  arm64: 'ARM64',
  arm: 'ARM',
  ia32: 'X86',
}

/** Source: https://docs.github.com/actions/reference/contexts-reference#runner-context */
export function runnerContext(job: Pick<JobRun, 'temp' | 'workspace' | 'run'>): Record<string, string> {
  return {
    name: 'local-runner',
    os: 'Linux',
    arch: architectures[process.arch] ?? process.arch,
    temp: job.temp,
    tool_cache: job.run.toolCache,
    workspace: job.workspace,
    environment: 'self-hosted',
    ...(job.run.debug && { debug: '1' }),
  }
}
