import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe } from '../../src/runtime/action.js'
import { evaluate, evaluateText, evaluateTexts, type Scope } from './expression.js'
import { jobStatus, scopeOf, type Frame, type JobRun } from './job-run.js'
import { keepFiles } from './kept-files.js'
import { killOrphans } from './orphans.js'
import type { JobRecord } from './record.js'
import { githubContext, type Run } from './run-context.js'
import { addMask } from './step-log.js'
import { runPosts, runSteps } from './steps.js'
import { mark, paint, shown } from './terminal.js'
import { fields } from './unsupported.js'
import type { Job } from './workflow.js'

/** A job in one combination of its matrix. */
export interface JobInstance {
  readonly job: Job
  readonly name: string
  readonly matrix: Readonly<Record<string, unknown>> | null
  readonly strategy: Readonly<Record<string, unknown>>
  readonly needs: Readonly<Record<string, unknown>>
}

/** Runs a job: steps, posts, then the clean-up. It never throws. */
export async function runJob(run: Run, instance: JobInstance, folderName: string): Promise<JobRecord> {
  const { job, name, matrix } = instance
  const started = performance.now()
  const timeout = new AbortController()
  const cancelled = AbortSignal.any([run.cancelled, timeout.signal])
  const state = prepare(run, instance, path.join(run.folder, folderName), cancelled)
  const frame: Frame = {
    job: state,
    depth: 0,
    steps: {},
    inputs: run.event.inputs,
    env: {},
    github: {},
    cancel: new AbortController().signal,
    failed: false,
  }
  run.print(`\n${paint('bold', `Job ${shown(name)}`)}`)
  let outputs: Record<string, string> = {}
  let timer: NodeJS.Timeout | undefined
  try {
    const scope = scopeOf(frame)
    const minutes = job.timeoutMinutes === undefined ? 360 : Number(evaluate(job.timeoutMinutes, scope))
    timer = setTimeout(() => {
      run.print(`The job has exceeded its maximum execution time of ${minutes} minutes.`)
      timeout.abort()
    }, minutes * 60_000)
    Object.assign(state.env, evaluateTexts(job.env, scope))
    await runSteps(frame, job.steps)
    await runPosts(state.posts)
    outputs = evaluateTexts(job.outputs, scopeOf(frame))
  } catch (error) {
    run.print(`${paint('red', 'error')} ${shown(describe(error))}`)
    state.failed = true
  }
  clearTimeout(timer)
  const orphans = await killOrphans(state.trackingId)
  if (orphans.length > 0) run.print(`Ended orphan processes: ${shown(orphans.join(', '))}`)
  const steps = keepFiles(state.records, run.folder, state.folder)
  wipe(state.temp, run)
  const outcome = jobStatus(state)
  run.print(`${mark(outcome)} Job ${shown(name)}`)
  return {
    id: job.id,
    name,
    ...(matrix && { matrix }),
    outcome,
    seconds: (performance.now() - started) / 1000,
    outputs,
    steps,
    orphans,
    workspace: state.workspace,
  }
}

function prepare(
  run: Run,
  { job, name, matrix, strategy, needs }: JobInstance,
  folder: string,
  cancelled: AbortSignal,
): JobRun {
  const workspace = path.join(folder, 'workspace')
  mkdirSync(workspace, { recursive: true })
  const temp = mkdtempSync(path.join(run.temps, 'job-'))
  mkdirSync(path.join(temp, '_github_workflow'))
  writeFileSync(
    path.join(temp, '_github_workflow', 'event.json'),
    JSON.stringify(run.event.payload, undefined, 2),
  )
  const github = githubContext(run, job.id, workspace)
  const masks = new Set<string>()
  for (const secret of Object.values(run.secrets)) addMask(masks, secret)
  const jobContexts = {
    github,
    needs,
    matrix,
    strategy,
    vars: run.vars,
    secrets: run.secrets,
    inputs: run.event.inputs,
  }
  const scope: Scope = { status: 'success', workspace, contexts: { ...jobContexts, env: {} } }
  const env = evaluateTexts(run.workflow.env, scope)
  const withEnv: Scope = { ...scope, contexts: { ...jobContexts, env } }
  const [ofWorkflow, ofJob] = [run.workflow.defaults, job.defaults].map((defaults) =>
    fields(fields(defaults).get('run')),
  )
  const byDefault = (field: string): string =>
    evaluateText(ofJob?.get(field) ?? ofWorkflow?.get(field), withEnv)
  return {
    run,
    github,
    matrix,
    strategy,
    needs,
    name,
    folder,
    workspace,
    temp,
    trackingId: `github_${randomUUID()}`,
    services: {
      ACTIONS_RESULTS_URL: `${run.service.url}/`,
      ACTIONS_RUNTIME_URL: `${run.service.url}/`,
      ACTIONS_RUNTIME_TOKEN: run.service.token({ run: run.id, job: path.basename(folder) }),
      ACTIONS_CACHE_SERVICE_V2: 'true',
    },
    defaults: { shell: byDefault('shell'), workingDirectory: byDefault('working-directory') },
    env,
    path: [],
    records: [],
    posts: [],
    masks,
    cancelled,
    failed: false,
    logs: 0,
  }
}

function wipe(temp: string, run: Run): void {
  try {
    rmSync(temp, { recursive: true, force: true })
  } catch (error) {
    run.print(`RUNNER_TEMP could not be wiped: ${(error as Error).message}`)
  }
}
