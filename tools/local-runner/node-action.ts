import { existsSync } from 'node:fs'
import { UserError } from '../../src/runtime/errors.js'
import { nodeVersions } from '../node-versions.js'
import type { ActionDefinition, NodeRuns } from './action-definition.js'
import { actionInputs, inputVariables } from './action-inputs.js'
import { execute, type ExecutionResult } from './execute.js'
import { scopeOf, type Frame } from './job-run.js'
import type { StepContext } from './step-context.js'

export type NodeAction = ActionDefinition & { readonly runs: NodeRuns }

/** The Node that runs actions: the real one of that version where this machine has it, else our own. */
export function nodeBinary(using: NodeRuns['using']): string {
  const major = Number(using.replace('node', ''))
  return nodeVersions().find((version) => version.major === major)?.binary ?? process.execPath
}

/** Runs one stage of a node action. @param state what its main stage has saved */
export async function runNodeAction(
  frame: Frame,
  action: NodeAction,
  stage: 'main' | 'post',
  state: Readonly<Record<string, string>>,
  { step, env, action: id, log, cancel }: StepContext,
): Promise<ExecutionResult> {
  const { job } = frame
  const script = action.runs[stage] ?? ''
  if (!existsSync(script)) throw new UserError(`${script} does not exist: is the action bundled?`)
  // Ours alone are TypeScript.
  const builtIn = script.endsWith('.ts')
  const inputs = actionInputs(action, step, scopeOf(frame, env), (unknown) => {
    const names = [...action.inputs.keys()].join(', ')
    if (stage === 'main') log.warning(`Unexpected input(s) ${unknown.join(', ')}, valid inputs are ${names}`)
  })
  const states = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])
  return execute(
    frame,
    {
      command: [
        nodeBinary(action.runs.using),
        ...(builtIn ? ['--import', import.meta.resolve('tsx')] : []),
        script,
      ],
      cwd: job.workspace,
      action: id,
      env,
      variables: {
        ...inputVariables(inputs),
        ...(Object.fromEntries(states) as Record<string, string>),
        ...job.services,
        ...(builtIn && { LOCAL_RUNNER_CHECKOUT: job.run.checkout.folder }),
        NO_PROXY: [process.env.NO_PROXY, '127.0.0.1'].filter(Boolean).join(','),
      },
    },
    log,
    cancel,
  )
}
