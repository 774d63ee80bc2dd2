import { existsSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../../src/runtime/errors.js'
import type { ActionDefinition, NodeRuns } from './action-definition.js'
import { actionInputs, inputVariables } from './action-inputs.js'
import { execute, type ExecutionResult } from './execute.js'
import { scopeOf, type Frame } from './job-run.js'
import type { StepContext } from './step-context.js'
import { root } from './uses.js'

export type NodeAction = ActionDefinition & { readonly runs: NodeRuns }

/** The Node that runs actions: the real one of that version from the optional dependencies, else our own. */
export function nodeBinary(using: NodeRuns['using']): string {
  const binary = path.join(root, 'node_modules', using, 'bin/node')
  return existsSync(binary) ? binary : process.execPath
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
  const inputs = actionInputs(action, step, scopeOf(frame, env), (unknown) => {
    const names = [...action.inputs.keys()].join(', ')
    if (stage === 'main') log.warning(`Unexpected input(s) ${unknown.join(', ')}, valid inputs are ${names}`)
  })
  const states = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])
  const result = await execute(
    frame,
    {
      command: [nodeBinary(action.runs.using), ...loader(script), script],
      cwd: job.workspace,
      action: id,
      env,
      variables: {
        ...inputVariables(inputs),
        ...(Object.fromEntries(states) as Record<string, string>),
        ...job.services,
        NO_PROXY: [process.env.NO_PROXY, '127.0.0.1'].filter(Boolean).join(','),
      },
    },
    log,
    cancel,
  )
  return result
}

/* The built-in actions are TypeScript. */
const loader = (script: string): string[] =>
  script.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : []
