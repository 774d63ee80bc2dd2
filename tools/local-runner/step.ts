import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe } from '../../src/runtime/action.js'
import { formatDuration } from '../../src/runtime/units.js'
import type { ExecutionResult } from './execute.js'
import { evaluate, evaluateTexts, type Scope } from './expression.js'
import { scopeOf, type Frame } from './job-run.js'
import type { Outcome, StepRecord } from './record.js'
import type { StepContext } from './step-context.js'
import type { Step } from './step-definition.js'
import { createStepLog, masked } from './step-log.js'
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

const timedOut = 'timed out'

/** Runs one stage of a step, whatever kind it is, and records how it went. It never throws. */
export async function runStep(
  frame: Frame,
  { step, action, stage, name: nameIn, condition, work }: Stage,
): Promise<void> {
  const { job } = frame
  const started = performance.now()
  const place = job.records.length
  job.logs += 1
  const number = String(job.logs).padStart(2, '0')
  const controller = new AbortController()
  // A step that may run in a cancelled job goes on.
  const onCancel = (): void => {
    if (!condition()) controller.abort()
  }
  let timer: NodeJS.Timeout | undefined
  let name = step.uses ?? 'Run'
  let result: ExecutionResult | undefined
  let outcome: Outcome = 'failure'
  let conclusion: Outcome = 'failure'
  const logFile = path.join(job.folder, `${number}.log`)
  mkdirSync(job.folder, { recursive: true })
  const log = createStepLog({ print: job.run.print, file: logFile, masks: job.masks, debug: job.run.debug })
  try {
    const env = evaluateTexts(step.env, scopeOf(frame))
    const scope = scopeOf(frame, env)
    name = nameIn(scope)
    if (condition()) {
      job.run.print(`${'  '.repeat(frame.depth)}${paint('bold', `▸ ${shown(masked(name, job.masks))}`)}`)
      const minutes =
        step.timeoutMinutes && stage === 'main' ? Number(evaluate(step.timeoutMinutes, scope)) : 360
      timer = setTimeout(() => {
        log.error(`The action '${name}' has timed out after ${minutes} minutes.`)
        controller.abort(timedOut)
      }, minutes * 60_000)
      job.cancelled.addEventListener('abort', onCancel)
      const cancel = AbortSignal.any([controller.signal, frame.cancel])
      result = await work({ step, env, action, name, log, cancel })
      outcome = timedOut
        ? 'failure'
        : cancel.aborted
          ? 'cancelled'
          : result.status === 0
            ? 'success'
            : 'failure'
      if (outcome === 'failure' && log.annotations.every(({ level }) => level !== 'error')) {
        const how = typeof result.status === 'number' ? `exit code ${result.status}` : result.status
        log.error(`Process completed with ${how}.`)
      }
    } else {
      outcome = 'skipped'
    }
    const forgiven =
      step.continueOnError && stage === 'main' && evaluate(step.continueOnError, scope) === true
    conclusion = outcome === 'failure' && forgiven === true ? 'success' : outcome
  } catch (error) {
    log.error(describe(error))
  } finally {
    clearTimeout(timer)
    job.cancelled.removeEventListener('abort', onCancel)
  }
  const seconds = (performance.now() - started) / 1000
  const outputs = result?.outputs ?? {}
  if (conclusion === 'failure') {
    frame.failed = true
    if (frame.depth === 0 || stage === 'post') job.failed = true
  }
  if (stage === 'main' && step.id !== undefined) frame.steps[step.id] = { outputs, outcome, conclusion }
  const relative = (file: string): string => path.relative(job.run.folder, file)
  const summary = path.join(job.folder, `${number}.md`)
  if (result?.summary) writeFileSync(summary, masked(result.summary, job.masks))
  job.records.splice(place, 0, {
    name: masked(name, job.masks),
    ...(step.id !== undefined && { id: step.id }),
    stage,
    depth: frame.depth,
    outcome,
    conclusion,
    seconds,
    outputs,
    commands: log.commands,
    annotations: log.annotations,
    ...(outcome !== 'skipped' && { log: relative(logFile) }),
    ...(result?.summary && { summary: relative(summary) }),
  })
  if (outcome !== 'skipped') {
    job.run.print(
      `${'  '.repeat(frame.depth)}${mark(outcome)} ${shown(masked(name, job.masks))} ${paint('gray', formatDuration(seconds * 1000))}`,
    )
  }
}
