import type { Event } from './event.js'
import type { Checkout } from './git.js'
import type { ResultsService } from './results-service/server.js'
import type { Print } from './terminal.js'
import type { Workflow } from './workflow.js'

/** One run of a workflow: what all of its jobs share. */
export interface Run {
  readonly id: string
  readonly workflow: Workflow
  readonly event: Event
  readonly checkout: Checkout
  readonly vars: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  /** Gets everything the run leaves; absolute. */
  readonly folder: string
  /** Where the RUNNER_TEMP of each job is made. Short, because sockets below it have at most 107 characters. */
  readonly temps: string
  readonly toolCache: string
  readonly service: ResultsService
  readonly print: Print
  readonly debug: boolean
  readonly cancelled: AbortSignal
  /** Ends running steps at once. */
  readonly force: AbortSignal
}

/** Source: https://docs.github.com/actions/reference/contexts-reference#github-context */
export function githubContext(run: Run, job: string, workspace: string): Record<string, unknown> {
  const { checkout, event, workflow } = run
  const [owner = ''] = checkout.repository.split('/')
  return {
    token: run.secrets.GITHUB_TOKEN ?? '',
    job,
    workspace,
    repository: checkout.repository,
    repository_id: '1',
    repository_owner: owner,
    repository_owner_id: '1',
    repositoryUrl: `git://github.com/${checkout.repository}.git`,
    sha: checkout.sha,
    ref: event.ref,
    ref_name: event.refName,
    ref_type: 'branch',
    ref_protected: false,
    head_ref: event.headRef,
    base_ref: event.baseRef,
    event_name: event.name,
    event: event.payload,
    workflow: workflow.name,
    workflow_ref: `${checkout.repository}/${workflow.file}@${event.ref}`,
    workflow_sha: checkout.sha,
    run_id: run.id,
    run_number: '1',
    run_attempt: '1',
    retention_days: '90',
    actor: owner,
    actor_id: '1',
    triggering_actor: owner,
    secret_source: 'Actions',
    // The toolkit falls back to older services for any other host.
    server_url: 'https://github.com',
    api_url: 'https://api.github.com',
    graphql_url: 'https://api.github.com/graphql',
  }
}

/** The github context without what has no environment variable, and what holds only inside expressions. */
const withoutVariable = new Set(['token', 'event', 'repositoryUrl', 'secret_source', 'action_status'])

/** GITHUB_* variables of a context. */
export function githubVariables(context: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(context)
      .filter(([name]) => !withoutVariable.has(name))
      .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, String(value)]),
  )
}
