import { readFileSync } from 'node:fs'
import type { RunProvenance } from './record.js'

interface Event {
  readonly pull_request?: {
    readonly head?: { readonly sha?: string }
    readonly base?: { readonly sha?: string }
  }
}

/** What GitHub's runner says of this run; all null elsewhere. Source: docs.github.com, default environment variables. */
export function provenance(startedAt: Date, env: NodeJS.ProcessEnv = process.env): RunProvenance {
  const { head, base } = eventOf(env.GITHUB_EVENT_PATH).pull_request ?? {}
  const attempt = Number(env.GITHUB_RUN_ATTEMPT)
  return {
    id: env.GITHUB_RUN_ID ?? null,
    sha: head?.sha ?? env.GITHUB_SHA ?? null,
    base: base?.sha ?? null,
    trigger: env.GITHUB_EVENT_NAME ?? null,
    attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : null,
    startedAt: startedAt.toISOString(),
  }
}

function eventOf(file: string | undefined): Event {
  if (file === undefined || file === '') return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Event
  } catch {
    return {}
  }
}
