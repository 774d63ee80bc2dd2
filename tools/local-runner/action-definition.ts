import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { NoOperationTraceWriter } from '@actions/workflow-parser'
import { parseAction } from '@actions/workflow-parser/actions/action-parser'
import type { TemplateContext } from '@actions/workflow-parser/templates/template-context'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { UserError } from '../../src/runtime/errors.js'
import { readStep, type Step } from './step-definition.js'
import { fields, refuseUnsupportedRuns, textOf } from './unsupported.js'

interface ActionInput {
  readonly required: boolean
  /** Evaluated anew at each stage, so that a default of `job.status` is the status of that moment. */
  readonly default: TemplateToken | undefined
}

export interface ActionDefinition {
  readonly folder: string
  readonly inputs: ReadonlyMap<string, ActionInput>
  /** Of a composite action: the value of each output. */
  readonly outputs: ReadonlyMap<string, TemplateToken | undefined>
  readonly runs: NodeRuns | CompositeRuns
}

export interface NodeRuns {
  readonly using: 'node20' | 'node24'
  /** Absolute paths. `pre` is left out: the runner does not run it for local actions. */
  readonly main: string
  readonly post: string | undefined
  readonly postCondition: string
}

export interface CompositeRuns {
  readonly using: 'composite'
  readonly steps: readonly Step[]
}

/**
 * Reads the action.yml of a folder against GitHub's own schema.
 * @throws {UserError} when there is none, it is wrong, or it is of a kind that this runner does not have
 */
export function readAction(folder: string): ActionDefinition {
  const file = ['action.yml', 'action.yaml'].map((name) => path.join(folder, name)).find(existsSync)
  if (file === undefined) {
    throw new UserError(
      `Can't find 'action.yml' or 'action.yaml' under '${folder}'. Did you forget to run actions/checkout before running your local action?`,
    )
  }
  const { context, value } = parseAction(
    { name: file, content: readFileSync(file, 'utf8') },
    new NoOperationTraceWriter(),
  )
  const errors = context.errors.getErrors().map((error) => error.message)
  if (!value || errors.length > 0)
    throw new UserError([`${file} is not a valid action:`, ...errors].join('\n  '))
  const rootFields = fields(value)
  const runs = fields(rootFields.get('runs'))
  refuseUnsupportedRuns(runs, file)
  return {
    folder,
    inputs: mapFields(rootFields.get('inputs'), (input) => ({
      required: textOf(input.get('required')) === 'true',
      default: input.get('default'),
    })),
    outputs: mapFields(rootFields.get('outputs'), (output) => output.get('value')),
    runs: readRuns(context, runs, folder),
  }
}

function mapFields<T>(
  token: TemplateToken | undefined,
  read: (entry: ReadonlyMap<string, TemplateToken>) => T,
): ReadonlyMap<string, T> {
  return new Map(Array.from(fields(token), ([name, entry]) => [name, read(fields(entry))]))
}

function readRuns(
  context: TemplateContext,
  runs: ReadonlyMap<string, TemplateToken>,
  folder: string,
): NodeRuns | CompositeRuns {
  const using = textOf(runs.get('using'))
  if (using === 'composite') {
    const steps = runs.get('steps')?.assertSequence('steps') ?? []
    return { using, steps: Array.from(steps, (step) => readStep(context, fields(step), folder)) }
  }
  const main = textOf(runs.get('main'))
  if (main === undefined) throw new UserError(`${folder}: runs.main is missing`)
  const post = textOf(runs.get('post'))
  return {
    using: using === 'node20' ? 'node20' : 'node24',
    main: path.resolve(folder, main),
    post: post === undefined ? undefined : path.resolve(folder, post),
    postCondition:
      textOf(runs.get('post-if'))
        ?.replace(/^\$\{\{(.*)\}\}$/s, '$1')
        .trim() ?? 'always()',
  }
}
