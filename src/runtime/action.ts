import * as core from '@actions/core'
import { Failure, InputError, UserError } from './errors.js'
import { inertLines } from './inert.js'
import { quoted } from './log.js'
import { CommandError } from './process.js'

/** What the user reads when a step fails: one message, and the evidence above it. A bug of ours keeps its stack. */
export function describe(error: unknown): string {
  if (error instanceof Failure) {
    const where = error.stage === undefined ? '' : ` (stage: ${error.stage})`
    const advice = error.advice === undefined ? '' : `\n${error.advice}`
    return `${error.class}${where}: ${error.message}${advice}`
  }
  if (error instanceof InputError || error instanceof UserError || error instanceof CommandError) {
    return error.message
  }
  if (error instanceof Error) return error.stack ?? error.message
  return String(error)
}

function fail(error: unknown): void {
  if (error instanceof Failure) quoted(error.evidence.join('\n'))
  core.setFailed(inertLines(describe(error)).join('\n'))
}

/** Runs the main stage of an action: whatever goes wrong fails the step with one message. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    fail(error)
  }
}

/** Runs the post stage of an action: trouble while cleaning up is told, and never fails the job. */
export async function runPost(post: () => Promise<void>): Promise<void> {
  try {
    await post()
  } catch (error) {
    core.warning(inertLines(describe(error)).join('\n'))
  }
}

/** Sets outputs of the step, by their names in action.yml. */
export function setOutputs(outputs: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
}
