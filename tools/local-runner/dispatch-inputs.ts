import type { WorkflowDispatchConfig } from '@actions/workflow-parser/model/workflow-template'
import { UserError } from '../../src/runtime/errors.js'

export type InputValue = string | boolean | number

/**
 * The inputs of a workflow_dispatch run: what was given, else the defaults, as values of their types.
 * @throws {UserError} for an input that is unknown, missing or not of its type
 */
export function dispatchInputs(
  definitions: NonNullable<WorkflowDispatchConfig['inputs']>,
  given: Readonly<Record<string, string>>,
): Record<string, InputValue> {
  for (const name of Object.keys(given)) {
    if (name in definitions) continue
    throw new UserError(
      `The workflow has no input ${name}; it has: ${Object.keys(definitions).join(', ') || 'none'}`,
    )
  }
  const values: Record<string, InputValue> = {}
  for (const [name, definition] of Object.entries(definitions)) {
    const text = given[name]
    if (text === undefined && definition.required === true && definition.default === undefined) {
      throw new UserError(`The workflow requires the input ${name}: --input ${name}=…`)
    }
    if (text !== undefined && definition.options && !definition.options.includes(text)) {
      throw new UserError(`Input ${name}: "${text}" is not valid; allowed: ${definition.options.join(', ')}`)
    }
    const type: string = definition.type
    if (type === 'boolean')
      values[name] = text === undefined ? definition.default === true : toBoolean(name, text)
    else values[name] = text ?? definition.default ?? ''
  }
  return values
}

function toBoolean(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') {
    throw new UserError(`Input ${name}: "${text}" is not valid; allowed: true, false`)
  }
  return JSON.parse(text) as boolean
}
