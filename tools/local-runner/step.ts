import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe } from '../../src/runtime/action.js'
import { formatDuration } from '../../src/runtime/units.js'
import type { ExecutionResult } from './execute.js'
import { evaluate, evaluateTexts, type Scope } from './expression.js'
import { scopeOf, type Frame } from './job-run.js'
import type { Outcome, StepRecord } from './record.js'
import type { StepContext } from './step-context.js'
import type { Step } from './step-definition.js'
import { createStepLog, masked, type StepLog } from './step-log.js'
import { mark, paint, shown } from './terminal.js'

/** One stage of a step, as its life needs it. */
export interface Stage {
  readonly step: Step
  readonly action: string
  readonly stage: StepRecord['stage']
  readonly name: (scope: Scope) => string
  readonly condition: () => boolean
  readonly work: (context: StepContext) => Promise<ExecutionResult>
}

/** Runs one stage of a step, whatever kind it is, and records how it went. It never throws. */
export async function runStep(frame: Frame, stage: Stage): Promise<void> {
  const { job } = frame
  const { step } = stage
  const started = performance.now()
  // The steps of a composite action are recorded after it, though they end before it.
  const place = job.records.length
  job.logs += 1
  const base = path.join(job.folder, String(job.logs).padStart(2, '0'))
  const log = createStepLog({
    print: job.run.print,
    file: `${base}.log`,
    masks: job.masks,
    debug: job.run.debug,
  })

  const { name, outcome, result } = await perform(frame, stage, log)
  const forgiven = outcome === 'failure' && stage.stage === 'main' && forgives(frame, step, log)
  const conclusion = forgiven ? 'success' : outcome
  const seconds = (performance.now() - started) / 1000
  const outputs = result?.outputs ?? {}
  const summary = result?.summary ?? ''
  if (conclusion === 'failure') {
    frame.failed = true
    if (frame.depth === 0) job.failed = true
  }
  if (stage.stage === 'main' && step.id !== undefined) frame.steps[step.id] = { outputs, outcome, conclusion }
  if (summary !== '') writeFileSync(`${base}.md`, masked(summary, job.masks))
  const relative = path.relative(job.run.folder, base)
  job.records.splice(place, 0, {
    name: masked(name, job.masks),
    ...(step.id !== undefined && { id: step.id }),
    stage: stage.stage,
    depth: frame.depth,
    outcome,
    conclusion,
    seconds,
    outputs,
    commands: log.commands,
    annotations: log.annotations,
    ...(existsSync(`${base}.log`) && { log: `${relative}.log` }),
    ...(summary !== '' && { summary: `${relative}.md` }),
  })
  if (outcome !== 'skipped') {
    announce(frame, `${mark(outcome)} ${shown(name)} ${paint('gray', formatDuration(seconds * 1000))}`)
  }
}

const announce = (frame: Frame, text: string): void => {
  frame.job.run.print(`${'  '.repeat(frame.depth)}${masked(text, frame.job.masks)}`)
}

/** What a step has without a timeout-minutes: the limit of a whole job. */
const longest = 360
const timedOut = 'timed out'

interface Performance {
  readonly name: string
  readonly outcome: Outcome
  readonly result?: ExecutionResult
}

async function perform(frame: Frame, stage: Stage, log: StepLog): Promise<Performance> {
  const { step, action, condition, work } = stage
  const { cancelled } = frame.job
  const controller = new AbortController()
  // A step that may run in a cancelled job goes on.
  const onCancel = (): void => {
    if (!condition()) controller.abort()
  }
  let timer: NodeJS.Timeout | undefined
  let name = step.uses ?? 'Run'
  try {
    const env = evaluateTexts(step.env, scopeOf(frame))
    const scope = scopeOf(frame, env)
    name = stage.name(scope)
    if (!condition()) return { name, outcome: 'skipped' }
    announce(frame, paint('bold', `▸ ${shown(name)}`))
    const limited = step.timeoutMinutes && stage.stage === 'main'
    const minutes = limited ? Number(evaluate(step.timeoutMinutes, scope)) : longest
    timer = setTimeout(() => {
      log.error(`The action '${name}' has timed out after ${minutes} minutes.`)
      controller.abort(timedOut)
    }, minutes * 60_000)
    cancelled.addEventListener('abort', onCancel)
    const cancel = AbortSignal.any([controller.signal, frame.cancel])
    const result = await work({ step, env, action, name, log, cancel })
    if (controller.signal.reason === timedOut) return { name, outcome: 'failure', result }
    if (cancel.aborted) return { name, outcome: 'cancelled', result }
    if (result.status === 0) return { name, outcome: 'success', result }
    if (log.annotations.every(({ level }) => level !== 'error')) {
      const how = typeof result.status === 'number' ? `exit code ${result.status}` : result.status
      log.error(`Process completed with ${how}.`)
    }
    return { name, outcome: 'failure', result }
  } catch (error) {
    log.error(describe(error))
    return { name, outcome: 'failure' }
  } finally {
    clearTimeout(timer)
    cancelled.removeEventListener('abort', onCancel)
  }
}

function forgives(frame: Frame, step: Step, log: StepLog): boolean {
  try {
    return step.continueOnError !== undefined && evaluate(step.continueOnError, scopeOf(frame)) === true
  } catch (error) {
    log.error(describe(error))
    return false
  }
}
