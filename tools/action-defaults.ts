import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'

const root = path.resolve(import.meta.dirname, '..')

/** The defaults in an action's action.yml, by input; those that are expressions are left out. */
export function actionDefaults(action: string): Record<string, string> {
  const file = path.join(root, 'actions', action, 'action.yml')
  const { inputs } = parse(readFileSync(file, 'utf8')) as { inputs: Record<string, { default?: string }> }
  const defaults = Object.entries(inputs).map(([name, input]): [string, string] => [
    name,
    input.default ?? '',
  ])
  return Object.fromEntries(defaults.filter(([, value]) => !value.includes('${{')))
}
