import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createEvent } from './event.js'
import { readCheckout } from './git.js'
import { jobOrder, runJobs } from './jobs.js'
import { nodeBinary } from './node-action.js'
import type { Outcome, RunResult } from './record.js'
import { startResultsService } from './results-service/server.js'
import type { Run } from './run-context.js'
import { addMask, masked } from './step-log.js'
import { paint, shown, type Print } from './terminal.js'
import { root } from './uses.js'
import { readWorkflow } from './workflow.js'

export interface RunOptions {
  /** The workflow file. */
  readonly file: string
  /** Run this job and those it needs; all when undefined. */
  readonly job?: string | undefined
  readonly event?: string | undefined
  readonly eventPath?: string | undefined
  /** Of workflow_dispatch. */
  readonly inputs?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly vars?: Readonly<Record<string, string>>
  /** The git checkout the workflow is about. Default: the one of the working directory. */
  readonly workspace?: string | undefined
  /** Gets `runs/`, `latest`, `cache/`. Default: `.local` of this project. */
  readonly local?: string | undefined
  /** Gets the progress. Default: standard output. */
  readonly print?: Print
  readonly debug?: boolean
  /** Cancels the run as the button on GitHub does. */
  readonly cancel?: AbortSignal
  /** Ends running steps at once. */
  readonly force?: AbortSignal
}

/**
 * Runs a workflow file on this machine.
 * @returns what is also in run.json; a failed run is a result, not an error
 * @throws {UserError} when it cannot begin: the file, the event or an option is wrong, or needs what is not supported
 */
export async function runWorkflow(options: RunOptions): Promise<RunResult> {
  const print: Print =
    options.print ??
    ((line) => {
      console.log(line)
    })
  const checkout = await readCheckout(path.resolve(options.workspace ?? process.cwd()))
  const workflow = await readWorkflow(path.resolve(options.file))
  const jobs = jobOrder(workflow.jobs, options.job)
  const inputs = options.inputs ?? {}
  const event = createEvent(
    { event: options.event, eventPath: options.eventPath, inputs },
    workflow.triggers,
    checkout,
  )
  const local = path.resolve(options.local ?? path.join(root, '.local'))
  const startedAt = new Date()
  const folder = createRunFolder(local, startedAt)
  const service = await startResultsService({
    cache: path.join(local, 'cache'),
    artifacts: path.join(folder, 'artifacts'),
  })
  const never = new AbortController().signal
  const run: Run = {
    id: String(startedAt.getTime()),
    workflow: { ...workflow, file: path.relative(checkout.folder, workflow.file) },
    event,
    checkout,
    vars: options.vars ?? {},
    secrets: options.secrets ?? {},
    folder,
    temps: ensure(path.join(local, 'tmp')),
    toolCache: ensure(path.join(local, 'tool-cache')),
    service,
    print,
    debug: options.debug ?? false,
    cancelled: options.cancel ?? never,
    force: options.force ?? never,
  }
  print(`${paint('bold', shown(workflow.name))} on ${event.name} at ${checkout.sha.slice(0, 12)}`)
  print(`Node actions run with ${path.relative(root, nodeBinary('node24'))}`)
  try {
    const records = await runJobs(run, jobs)
    const result: RunResult = {
      schema: 1,
      folder,
      workflow: workflow.name,
      file: run.workflow.file,
      event: event.name,
      sha: checkout.sha,
      startedAt: startedAt.toISOString(),
      outcome: outcomeOf(
        records.map(({ outcome }) => outcome),
        run.cancelled.aborted,
      ),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      jobs: records,
      artifacts: service.artifacts(),
      cache: await service.cacheEntries(),
    }
    const secrets = new Set<string>()
    for (const secret of Object.values(run.secrets)) addMask(secrets, secret)
    writeFileSync(path.join(folder, 'run.json'), masked(JSON.stringify(result, undefined, 2), secrets))
    return result
  } finally {
    await service.close()
  }
}

function outcomeOf(outcomes: readonly Outcome[], cancelled: boolean): Outcome {
  if (cancelled) return 'cancelled'
  return (
    outcomes.find((outcome) => outcome === 'failure') ??
    outcomes.find((outcome) => outcome === 'cancelled') ??
    'success'
  )
}

const ensure = (folder: string): string => {
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Makes the run's folder and points `latest` at it. The workspaces of finished runs go: they may hold whole disks. */
function createRunFolder(local: string, startedAt: Date): string {
  const runs = ensure(path.join(local, 'runs'))
  for (const name of readdirSync(runs)) {
    if (!existsSync(path.join(runs, name, 'run.json'))) continue
    for (const job of readdirSync(path.join(runs, name), { withFileTypes: true })) {
      if (!job.isDirectory()) continue
      rmSync(path.join(runs, name, job.name, 'workspace'), { recursive: true, force: true })
    }
  }
  const stamp = startedAt.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  let name = stamp
  for (let count = 2; existsSync(path.join(runs, name)); count += 1) name = `${stamp}-${count}`
  const folder = ensure(path.join(runs, name))
  const link = path.join(local, `.latest-${process.pid}`)
  rmSync(link, { force: true })
  symlinkSync(path.join('runs', name), link)
  renameSync(link, path.join(local, 'latest'))
  return folder
}
