import { describe } from '../../src/runtime/action.js'
import { UserError } from '../../src/runtime/errors.js'
import { evaluate, evaluateText, holds, type Scope, type Status } from './expression.js'
import { runJob, type JobInstance } from './job.js'
import { combinations } from './matrix.js'
import type { JobRecord, Outcome } from './record.js'
import { githubContext, type Run } from './run-context.js'
import { mark, shown } from './terminal.js'
import { fields } from './unsupported.js'
import type { Job } from './workflow.js'

interface JobResult {
  readonly result: Outcome
  readonly outputs: Readonly<Record<string, string>>
}

/**
 * The jobs of a workflow, each after those it needs; with a name, that job and what it needs alone.
 * @throws {UserError} when there is no job of that name
 */
export function jobOrder(jobs: readonly Job[], only?: string): Job[] {
  const byId = new Map(jobs.map((job) => [job.id, job]))
  if (only !== undefined && !byId.has(only)) {
    throw new UserError(`The workflow has no job ${only}; it has: ${[...byId.keys()].join(', ')}`)
  }
  const order = new Set<Job>()
  const visit = (id: string): void => {
    const job = byId.get(id)
    if (!job || order.has(job)) return
    job.needs.forEach(visit)
    order.add(job)
  }
  for (const id of only === undefined ? byId.keys() : [only]) visit(id)
  return [...order]
}

/** Runs the jobs one after another, each combination of a matrix too. */
export async function runJobs(run: Run, jobs: readonly Job[]): Promise<JobRecord[]> {
  const results = new Map<string, JobResult>()
  const records: JobRecord[] = []
  for (const job of jobs) {
    const of = await runInstances(run, job, results)
    records.push(...of.records)
    results.set(job.id, of.result)
  }
  return records
}

async function runInstances(
  run: Run,
  job: Job,
  results: ReadonlyMap<string, JobResult>,
): Promise<{ records: JobRecord[]; result: JobResult }> {
  const needs = Object.fromEntries(
    job.needs.map((id) => [id, results.get(id) ?? { result: 'skipped', outputs: {} }]),
  )
  const scope: Scope = {
    status: statusFor(job, run, results),
    workspace: run.checkout.folder,
    contexts: {
      github: githubContext(run, job.id, run.checkout.folder),
      inputs: run.event.inputs,
      vars: run.vars,
      needs,
    },
  }
  try {
    if (!holds(job.condition, scope)) {
      run.print(`\n${mark('skipped')} Job ${shown(job.id)} skipped`)
      return {
        records: [unrun(job.id, job.id, run.cancelled.aborted ? 'cancelled' : 'skipped')],
        result: { result: 'skipped', outputs: {} },
      }
    }
    return await runMatrix(run, instances(job, needs, scope))
  } catch (error) {
    run.print(`✘ Job ${shown(job.id)}: ${shown(describe(error))}`)
    return { records: [unrun(job.id, job.id, 'failure')], result: { result: 'failure', outputs: {} } }
  }
}

/** success() looks at the needs themselves, failure() at all that came before them. */
function statusFor(job: Job, run: Run, results: ReadonlyMap<string, JobResult>): Status {
  if (run.cancelled.aborted) return 'cancelled'
  const byId = new Map(run.workflow.jobs.map((item) => [item.id, item]))
  const ancestors = new Set<string>()
  const visit = (id: string): void => {
    ancestors.add(id)
    byId.get(id)?.needs.forEach(visit)
  }
  job.needs.forEach(visit)
  if ([...ancestors].some((id) => results.get(id)?.result === 'failure')) return 'failure'
  return job.needs.every((id) => results.get(id)?.result === 'success') ? 'success' : 'cancelled'
}

function instances(job: Job, needs: JobInstance['needs'], scope: Scope): JobInstance[] {
  const strategy = fields(job.strategy)
  const matrixToken = strategy.get('matrix')
  const matrices = matrixToken ? combinations(evaluate(matrixToken, scope)) : [null]
  const setting = (name: string): unknown => {
    const token = strategy.get(name)
    return token && evaluate(token, scope)
  }
  return matrices.map((matrix, index) => {
    const context = {
      'fail-fast': setting('fail-fast') ?? true,
      'job-index': index,
      'job-total': matrices.length,
      'max-parallel': setting('max-parallel') ?? matrices.length,
    }
    const own = { ...scope, contexts: { ...scope.contexts, matrix, strategy: context } }
    const values = matrix ? ` (${Object.values(matrix).map(String).join(', ')})` : ''
    const name = evaluateText(job.name, own) || `${job.id}${values}`
    return { job, name, matrix, strategy: context, needs }
  })
}

async function runMatrix(
  run: Run,
  legs: readonly JobInstance[],
): Promise<{ records: JobRecord[]; result: JobResult }> {
  const records: JobRecord[] = []
  let failed = false
  let forgiven = true
  for (const [index, leg] of legs.entries()) {
    const { job } = leg
    if (failed && leg.strategy['fail-fast'] === true) {
      records.push(unrun(job.id, leg.name, 'cancelled'))
      continue
    }
    const record = await runJob(run, leg, legs.length > 1 ? `${job.id}-${index + 1}` : job.id)
    records.push(record)
    if (record.outcome !== 'failure') continue
    const contexts = {
      matrix: leg.matrix,
      strategy: leg.strategy,
      needs: leg.needs,
      inputs: run.event.inputs,
      vars: run.vars,
    }
    const scope = { status: 'failure', workspace: '', contexts: { ...contexts, github: {} } } as const
    if (job.continueOnError && evaluate(job.continueOnError, scope) === true) continue
    failed = true
    forgiven = false
  }
  const outcomes = records.map(({ outcome }) => outcome)
  const result = !forgiven ? 'failure' : outcomes.includes('cancelled') ? 'cancelled' : 'success'
  return {
    records,
    result: {
      result,
      outputs: Object.assign({}, ...records.map(({ outputs }) => outputs)) as Record<string, string>,
    },
  }
}

const unrun = (id: string, name: string, outcome: Outcome): JobRecord => ({
  id,
  name,
  outcome,
  seconds: 0,
  outputs: {},
  steps: [],
  orphans: [],
  workspace: '',
})
