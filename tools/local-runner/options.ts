import { parseArgs } from 'node:util'
import { UserError } from '../../src/runtime/errors.js'
import type { RunOptions } from './run.js'

export const help = `Runs a GitHub Actions workflow file on this machine.

  npm run workflow -- FILE [options]

  --job NAME             run this job and those it needs
  --event NAME           default: pull_request, push, workflow_dispatch or schedule, whichever the file has
  --event-path FILE      JSON to take as the event's payload
  --input NAME=VALUE     input of workflow_dispatch; may be repeated, as the next two
  --secret NAME=VALUE    or --secret NAME, to take the value from the environment
  --var NAME=VALUE       configuration variable
  --workspace DIR        git checkout the workflow is about (default: the current one)
  --local DIR            where runs and the cache are kept (default: .local of this project)
  --debug                show debug lines
  --help

Actions of this project run as they are in this checkout. actions/checkout, actions/upload-artifact and
actions/download-artifact are built in. Everything else that is not supported is refused by name.
runs-on, permissions, concurrency, environment and trigger filters are not enforced. Ctrl-C cancels the run as on GitHub;
a second Ctrl-C ends the running step at once.
`

/** @throws {UserError} on anything it does not know */
export function parseOptions(args: readonly string[]): RunOptions | 'help' {
  const { values, positionals } = parse(args)
  if (values.help) return 'help'
  const [file, ...more] = positionals
  if (file === undefined)
    throw new UserError('Which workflow file? npm run workflow -- FILE [options]; see --help')
  if (more.length > 0)
    throw new UserError(`One workflow file at a time; not clear what to do with: ${more.join(' ')}`)
  return {
    file,
    job: values.job,
    event: values.event,
    eventPath: values['event-path'],
    workspace: values.workspace,
    local: values.local,
    debug: values.debug,
    inputs: pairs('--input', values.input),
    vars: pairs('--var', values.var),
    secrets: pairs('--secret', values.secret, (name) => process.env[name]),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        job: { type: 'string' },
        event: { type: 'string' },
        'event-path': { type: 'string' },
        input: { type: 'string', multiple: true, default: [] },
        secret: { type: 'string', multiple: true, default: [] },
        var: { type: 'string', multiple: true, default: [] },
        workspace: { type: 'string' },
        local: { type: 'string' },
        debug: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UserError(`${(error as Error).message}; see --help`)
  }
}

function pairs(
  option: string,
  items: readonly string[],
  otherwise: (name: string) => string | undefined = () => undefined,
): Record<string, string> {
  return Object.fromEntries(
    items.map((item) => {
      const [, name, given] = /^([^=]+)(?:=(.*))?$/s.exec(item) ?? []
      const value = name === undefined ? undefined : (given ?? otherwise(name))
      if (name === undefined || value === undefined)
        throw new UserError(`${option} ${item}: expected NAME=VALUE`)
      return [name, value]
    }),
  )
}
