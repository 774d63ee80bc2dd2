import { readFileSync } from 'node:fs'
import type { EventsConfig } from '@actions/workflow-parser/model/workflow-template'
import { UserError } from '../../src/runtime/errors.js'
import { dispatchInputs, type InputValue } from './dispatch-inputs.js'
import type { Checkout } from './git.js'

/** What started the run, as the workflow sees it. */
export interface Event {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly ref: string
  readonly refName: string
  readonly headRef: string
  readonly baseRef: string
  /** Of workflow_dispatch. */
  readonly inputs: Readonly<Record<string, InputValue>>
}

export interface EventChoice {
  readonly event?: string | undefined
  /** A file whose JSON takes the place of our payload. */
  readonly eventPath?: string | undefined
  readonly inputs: Readonly<Record<string, string>>
}

/** Which trigger is taken where none is named: the one that best says "try this change". */
const preferred = ['pull_request', 'push', 'workflow_dispatch', 'schedule']

/** @throws {UserError} when the workflow is not triggered by the event, or inputs do not fit it */
export function createEvent(choice: EventChoice, triggers: EventsConfig, checkout: Checkout): Event {
  const names = Object.keys(triggers)
  const name = choice.event ?? [...preferred, ...names].find((candidate) => names.includes(candidate)) ?? ''
  if (!names.includes(name)) {
    throw new UserError(`The workflow has no trigger ${name || 'at all'}; it has: ${names.join(', ')}`)
  }
  if (name !== 'workflow_dispatch' && Object.keys(choice.inputs).length > 0) {
    throw new UserError(`Inputs belong to workflow_dispatch; the event of this run is ${name}`)
  }
  const inputs =
    name === 'workflow_dispatch'
      ? dispatchInputs(triggers.workflow_dispatch?.inputs ?? {}, choice.inputs)
      : {}
  const pull = name.startsWith('pull_request')
  return {
    name,
    payload:
      choice.eventPath === undefined
        ? payload(name, triggers, checkout, inputs)
        : readPayload(choice.eventPath),
    ref: name === 'pull_request' ? `refs/pull/1/merge` : `refs/heads/${checkout.branch}`,
    refName: name === 'pull_request' ? '1/merge' : checkout.branch,
    headRef: pull ? checkout.branch : '',
    baseRef: pull ? checkout.defaultBranch : '',
    inputs,
  }
}

function readPayload(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new UserError(`The event payload cannot be read: ${(error as Error).message}`)
  }
}

/** Source: https://docs.github.com/webhooks/webhook-events-and-payloads (the fields workflows commonly read) */
function payload(
  name: string,
  triggers: EventsConfig,
  checkout: Checkout,
  inputs: Readonly<Record<string, InputValue>>,
): Record<string, unknown> {
  const [owner = '', repositoryName = ''] = checkout.repository.split('/')
  const sender = { login: owner, id: 1, type: 'User' }
  const repository = {
    id: 1,
    name: repositoryName,
    full_name: checkout.repository,
    owner: sender,
    private: false,
    fork: false,
    html_url: `https://github.com/${checkout.repository}`,
    default_branch: checkout.defaultBranch,
  }
  const common = { repository, sender }
  const ref = `refs/heads/${checkout.branch}`
  switch (name) {
    case 'pull_request':
    case 'pull_request_target':
      return {
        action: 'synchronize',
        number: 1,
        pull_request: {
          number: 1,
          state: 'open',
          draft: false,
          merged: false,
          title: `Changes of ${checkout.branch}`,
          body: null,
          html_url: `https://github.com/${checkout.repository}/pull/1`,
          user: sender,
          labels: [],
          head: { ref: checkout.branch, sha: checkout.sha, repo: repository, user: sender },
          base: { ref: checkout.defaultBranch, sha: checkout.baseSha, repo: repository, user: sender },
        },
        ...common,
      }
    case 'push': {
      const head = { id: checkout.sha, message: '', author: { name: checkout.author } }
      return {
        ref,
        before: checkout.baseSha,
        after: checkout.sha,
        head_commit: head,
        commits: [head],
        ...common,
      }
    }
    case 'schedule':
      return { schedule: triggers.schedule?.[0]?.cron ?? '', ...common }
    case 'workflow_dispatch':
      return { inputs, ref, ...common }
    default:
      throw new UserError(`For the event ${name} give its payload with --event-path FILE`)
  }
}
