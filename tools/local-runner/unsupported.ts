import { isMapping } from '@actions/workflow-parser'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { UserError } from '../../src/runtime/errors.js'

/** The entries of a mapping by key. */
export function fields(token: TemplateToken | undefined): ReadonlyMap<string, TemplateToken> {
  if (token === undefined || !isMapping(token)) return new Map()
  return new Map(Array.from(token, ({ key, value }) => [key.toString(), value]))
}

/** A scalar as its text. */
export const textOf = (token: TemplateToken | undefined): string | undefined =>
  token === undefined ? undefined : token.assertScalar('value').toString()

export const unsupported = (what: string, where: string): UserError =>
  new UserError(`The local runner does not support ${what} (${where})`)

export function refuseUnsupportedWorkflow(root: ReadonlyMap<string, TemplateToken>): void {
  if (fields(root.get('on')).has('workflow_call') && fields(root.get('on')).size === 1) {
    throw unsupported('reusable workflows', 'on: workflow_call')
  }
}

export function refuseUnsupportedJob(id: string, job: ReadonlyMap<string, TemplateToken>): void {
  const where = `job ${id}`
  if (job.has('uses')) throw unsupported('reusable workflows', where)
  for (const feature of ['container', 'services', 'snapshot']) {
    if (job.has(feature)) throw unsupported(feature, where)
  }
}

export function refuseUnsupportedStep(step: ReadonlyMap<string, TemplateToken>, where: string): void {
  for (const feature of ['background', 'wait', 'wait-all', 'cancel', 'parallel']) {
    if (step.has(feature)) throw unsupported(`${feature} steps`, where)
  }
}

/** An action whose kind cannot run here. */
export function refuseUnsupportedRuns(runs: ReadonlyMap<string, TemplateToken>, where: string): void {
  const using = textOf(runs.get('using')) ?? 'nothing'
  if (using === 'docker') throw unsupported('Docker container actions', where)
  if (!['composite', 'node20', 'node24'].includes(using)) throw unsupported(`runs.using: ${using}`, where)
}
