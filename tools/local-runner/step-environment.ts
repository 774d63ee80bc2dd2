import path from 'node:path'
import { runnerContext, type Frame } from './job-run.js'
import { trackingVariable } from './orphans.js'
import { githubVariables } from './run-context.js'

/** Of our own process: what a step must not see, being set anew or belonging to npm, Node or the test runner. */
const foreign = /^(npm_|GITHUB_|RUNNER_|ACTIONS_|INPUT_|STATE_|JEST_|INIT_CWD$|NODE$|NODE_OPTIONS$|NODE_ENV$)/

function hostVariables(): Record<string, string> {
  const variables = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return Object.fromEntries(variables) as Record<string, string>
}

/* npm puts the tools of this project on the path; a runner has none of them. */
const hostPath = (): string[] =>
  (process.env.PATH ?? '').split(':').filter((folder) => !/node_modules\/(\.bin|npm\/)/.test(folder))

/**
 * The environment of a step's process.
 * @param env of the step itself
 * @param variables that only this step gets: INPUT_*, STATE_*, command files, ...
 */
export function stepEnvironment(
  frame: Frame,
  action: string,
  env: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const { job } = frame
  const runner = Object.entries(runnerContext(job)).map(([name, value]) => [
    `RUNNER_${name.toUpperCase()}`,
    value,
  ])
  const own: Record<string, string> = { ...job.env, ...frame.env, ...env }
  const folders = own.PATH?.split(':') ?? hostPath()
  return {
    ...hostVariables(),
    ...own,
    PATH: [...job.path.toReversed(), ...folders].join(':'),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    ...githubVariables({ ...job.github, ...frame.github, action }),
    GITHUB_EVENT_PATH: path.join(job.temp, '_github_workflow', 'event.json'),
    ...(Object.fromEntries(runner) as Record<string, string>),
    [trackingVariable]: job.trackingId,
    ...variables,
  }
}
