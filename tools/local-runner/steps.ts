import { actionInputs } from './action-inputs.js'
import { readAction, type ActionDefinition, type CompositeRuns } from './action-definition.js'
import type { ExecutionResult } from './execute.js'
import { evaluateText, holds, type Scope } from './expression.js'
import { frameStatus, jobStatus, scopeOf, type Frame, type Post } from './job-run.js'
import { runNodeAction, type NodeAction } from './node-action.js'
import { runScript } from './script.js'
import type { StepContext } from './step-context.js'
import type { Step } from './step-definition.js'
import { runStep } from './step.js'
import { resolveUses } from './uses.js'

/** Runs the steps of a job or of a composite action, one after another. */
export async function runSteps(frame: Frame, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const uses = step.uses?.split('@')[0]?.replaceAll('/', '_')
    const action =
      step.id ??
      `__${uses?.startsWith('.') === true ? 'self' : (uses ?? 'run')}${index === 0 ? '' : `_${index + 1}`}`
    await runStep(frame, {
      step,
      action,
      stage: 'main',
      name: (scope) => evaluateText(step.name, scope) || defaultName(step, scope),
      condition: () => holds(step.condition, scopeOf(frame)),
      work: (context) => runMain(frame, context),
    })
  }
}

const defaultName = (step: Step, scope: Scope): string =>
  `Run ${step.uses ?? evaluateText(step.run, scope).trim().split('\n')[0] ?? ''}`

/** Runs what actions left to do, last in first out. */
export async function runPosts(posts: readonly Post[]): Promise<void> {
  for (const post of posts.toReversed()) {
    const { frame, action, step, state } = post
    await runStep(frame, {
      step,
      action: step.id ?? '__post',
      stage: 'post',
      name: () => post.name,
      condition: () => holds(action.runs.postCondition, scopeOf(frame, {}, jobStatus(frame.job))),
      work: (context) => runNodeAction(frame, action, 'post', state, context),
    })
  }
}

/** The main stage of a step. An action's post stage is due as soon as its main stage has begun. */
async function runMain(frame: Frame, context: StepContext): Promise<ExecutionResult> {
  const { step, name } = context
  if (step.uses === undefined) return runScript(frame, context)
  const source = resolveUses(step.uses, frame.job.workspace, name)
  const action = readAction(source.folder)
  const github = {
    ...(source.repository !== undefined && { action_repository: source.repository }),
    ...(source.ref !== undefined && { action_ref: source.ref }),
  }
  if (action.runs.using === 'composite') {
    return runComposite({ ...frame, github }, { ...action, runs: action.runs }, context)
  }
  const node: NodeAction = { ...action, runs: action.runs }
  const own = { ...frame, github: { ...frame.github, ...github } }
  const state: Record<string, string> = {}
  if (node.runs.post !== undefined) {
    // It outlives the frame: when a composite action is cancelled, what its steps left to do is still due.
    const later = { ...own, depth: 0, cancel: new AbortController().signal }
    frame.job.posts.push({ name: `Post ${name}`, frame: later, step, action: node, state })
  }
  const result = await runNodeAction(own, node, 'main', state, context)
  Object.assign(state, result.state)
  return result
}

type CompositeAction = ActionDefinition & { readonly runs: CompositeRuns }

/** Runs the steps of a composite action in a frame of their own. */
async function runComposite(
  frame: Frame,
  action: CompositeAction,
  { step, env, log, cancel }: StepContext,
): Promise<ExecutionResult> {
  const inputs = actionInputs(action, step, scopeOf(frame, env), (unknown) => {
    log.warning(
      `Unexpected input(s) ${unknown.join(', ')}, valid inputs are ${[...action.inputs.keys()].join(', ')}`,
    )
  })
  const inner: Frame = {
    job: frame.job,
    depth: frame.depth + 1,
    steps: {},
    inputs,
    env: { ...frame.env, ...env },
    github: { ...frame.github, action_path: action.folder },
    cancel,
    failed: false,
  }
  await runSteps(inner, action.runs.steps)
  const scope = scopeOf(inner)
  const outputs = Object.fromEntries(
    Array.from(action.outputs, ([name, value]) => [name, evaluateText(value, scope)]),
  )
  return { status: frameStatus(inner) === 'success' ? 0 : 1, outputs, state: {}, summary: '' }
}
