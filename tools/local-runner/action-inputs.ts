import type { ActionDefinition } from './action-definition.js'
import { evaluateText, evaluateTexts, type Scope } from './expression.js'
import type { Step } from './step-definition.js'

/**
 * The inputs an action gets, by the names of its action.yml: what `with` gives, else the defaults, evaluated now.
 * Names are compared without regard to case.
 * @param onUnknown gets the names in `with` that the action does not have; they are passed on all the same
 */
export function actionInputs(
  action: ActionDefinition,
  step: Step,
  scope: Scope,
  onUnknown: (names: readonly string[]) => void,
): Record<string, string> {
  const given = new Map(
    Object.entries(evaluateTexts(step.with, scope)).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const inputs: Record<string, string> = {}
  for (const [name, input] of action.inputs) {
    inputs[name] = given.get(name.toLowerCase()) ?? evaluateText(input.default, scope)
    given.delete(name.toLowerCase())
  }
  if (given.size > 0) onUnknown([...given.keys()])
  return { ...inputs, ...Object.fromEntries(given) }
}

/** Source: https://docs.github.com/actions/reference/metadata-syntax-for-github-actions#inputs */
export function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  )
}
