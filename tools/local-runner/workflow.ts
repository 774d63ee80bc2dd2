import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  convertWorkflowTemplate,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser'
import type { EventsConfig } from '@actions/workflow-parser/model/workflow-template'
import type { TemplateContext } from '@actions/workflow-parser/templates/template-context'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { UserError } from '../../src/runtime/errors.js'
import { readCondition, readStep, type Step } from './step-definition.js'
import { fields, refuseUnsupportedJob, refuseUnsupportedWorkflow } from './unsupported.js'

/** A workflow file whose expressions are still to be evaluated. */
export interface Workflow {
  /** Its `name`, else the file's path. */
  readonly name: string
  readonly file: string
  readonly triggers: EventsConfig
  readonly env: TemplateToken | undefined
  readonly defaults: TemplateToken | undefined
  /** In the order of the file. */
  readonly jobs: readonly Job[]
}

export interface Job {
  readonly id: string
  readonly needs: readonly string[]
  readonly condition: string
  readonly name: TemplateToken | undefined
  readonly env: TemplateToken | undefined
  readonly defaults: TemplateToken | undefined
  readonly strategy: TemplateToken | undefined
  readonly outputs: TemplateToken | undefined
  readonly timeoutMinutes: TemplateToken | undefined
  readonly continueOnError: TemplateToken | undefined
  readonly steps: readonly Step[]
}

/**
 * Reads a workflow file against GitHub's own schema.
 * @throws {UserError} for every mistake in it, with its place, or for the first feature that this runner does not have
 */
export async function readWorkflow(file: string): Promise<Workflow> {
  const name = path.basename(file)
  const { context, value } = parseWorkflow({ name, content: readText(file) }, new NoOperationTraceWriter())
  const template = value && (await convertWorkflowTemplate(context, value))
  const errors = context.errors.getErrors().map((error) => error.message)
  if (!template || !isMapping(value) || errors.length > 0) {
    throw new UserError([`${file} is not a valid workflow:`, ...errors].join('\n  '))
  }
  const root = fields(value)
  refuseUnsupportedWorkflow(root)
  const jobs = Array.from(fields(root.get('jobs')), ([id, token]) => readJob(context, id, fields(token)))
  return {
    name: root.get('name')?.assertString('name').value ?? name,
    file,
    triggers: template.events,
    env: root.get('env'),
    defaults: root.get('defaults'),
    jobs,
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`The workflow file cannot be read: ${(error as Error).message}`)
  }
}

function readJob(context: TemplateContext, id: string, job: ReadonlyMap<string, TemplateToken>): Job {
  refuseUnsupportedJob(id, job)
  const needs = job.get('needs')
  const steps = job.get('steps')
  return {
    id,
    needs:
      needs === undefined
        ? []
        : isSequence(needs)
          ? Array.from(needs, (item) => item.assertString('needs').value)
          : [needs.assertString('needs').value],
    condition: readCondition(context, job.get('if')),
    name: job.get('name'),
    env: job.get('env'),
    defaults: job.get('defaults'),
    strategy: job.get('strategy'),
    outputs: job.get('outputs'),
    timeoutMinutes: job.get('timeout-minutes'),
    continueOnError: job.get('continue-on-error'),
    steps: Array.from(steps?.assertSequence('steps') ?? [], (step) =>
      readStep(context, fields(step), `job ${id}`),
    ),
  }
}
