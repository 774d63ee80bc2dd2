import { existsSync, rmSync } from 'node:fs'
import { UserError } from '../../src/runtime/errors.js'
import {
  commandFileVariables,
  createCommandFiles,
  readLines,
  readPairs,
  readSummary,
} from './command-files.js'
import type { Frame } from './job-run.js'
import { stepEnvironment } from './step-environment.js'
import type { StepLog } from './step-log.js'
import { runStepProcess } from './step-process.js'

/** What a step's one process is run with. */
export interface Execution {
  readonly command: readonly string[]
  readonly cwd: string
  readonly action: string
  /** The step's own `env`. */
  readonly env: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, string>>
}

export interface ExecutionResult {
  readonly status: number | NodeJS.Signals
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  readonly summary: string
}

/**
 * Runs a step's process and does what it wrote into its command files.
 * @throws {UserError} when a command file is malformed
 */
export async function execute(
  frame: Frame,
  execution: Execution,
  log: StepLog,
  cancel: AbortSignal,
): Promise<ExecutionResult> {
  const { job } = frame
  const { command, cwd, action, env, variables } = execution
  if (!existsSync(cwd)) throw new UserError(`The working directory ${cwd} does not exist`)
  const files = createCommandFiles(job.temp)
  const status = await runStepProcess({
    command,
    cwd,
    env: stepEnvironment(frame, action, env, { ...variables, ...commandFileVariables(files) }),
    onLine: (line) => {
      log.line(line)
    },
    cancel,
    force: job.run.force,
  })
  const { NODE_OPTIONS: refused, ...pairs } = readPairs(files.ENV)
  if (refused !== undefined)
    log.error("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
  Object.assign(job.env, pairs)
  job.path.push(...readLines(files.PATH))
  const result = {
    status,
    outputs: { ...log.outputs, ...readPairs(files.OUTPUT) },
    state: { ...log.state, ...readPairs(files.STATE) },
    summary: limited(readSummary(files.STEP_SUMMARY), log),
  }
  for (const file of Object.values(files)) rmSync(file, { force: true })
  return result
}

/** Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits */
function limited(summary: string, log: StepLog): string {
  const bytes = Buffer.byteLength(summary)
  if (bytes <= 2 ** 20) return summary
  log.error(
    `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.ceil(bytes / 1024)}k.`,
  )
  return ''
}
