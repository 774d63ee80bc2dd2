import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../../src/runtime/errors.js'
import { execute, type ExecutionResult } from './execute.js'
import { evaluateText } from './expression.js'
import { scopeOf, type Frame } from './job-run.js'
import type { StepContext } from './step-context.js'

/**
 * The command for a script file under a `shell`; empty is what a step without one gets.
 * Source: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstepsshell
 */
export function shellCommand(shell: string, file: string): string[] {
  const template =
    {
      '': 'bash -e {0}',
      bash: 'bash --noprofile --norc -eo pipefail {0}',
      sh: 'sh -e {0}',
      python: 'python {0}',
    }[shell] ?? shell
  if (!template.includes('{0}')) {
    throw new UserError(
      `The local runner does not support shell: ${shell}; it has bash, sh, python and commands with {0}`,
    )
  }
  return template.split(/\s+/).map((word) => word.replace('{0}', file))
}

/** Runs a `run:` step. */
export function runScript(
  frame: Frame,
  { step, env, action, log, cancel }: StepContext,
): Promise<ExecutionResult> {
  const { job } = frame
  const scope = scopeOf(frame, env)
  // The defaults of the workflow and the job end at a composite action.
  const defaults = frame.depth === 0 ? job.defaults : { shell: '', workingDirectory: '' }
  const shell = evaluateText(step.shell, scope) || defaults.shell
  const folder = evaluateText(step.workingDirectory, scope) || defaults.workingDirectory
  const file = path.join(job.temp, `${randomUUID()}.${shell === 'python' ? 'py' : 'sh'}`)
  writeFileSync(file, `${evaluateText(step.run, scope)}\n`)
  const command = shellCommand(shell, file)
  return execute(
    frame,
    { command, cwd: path.resolve(job.workspace, folder), action, env, variables: {} },
    log,
    cancel,
  )
}
