/** Holds action.yml, inputs.ts and README.md of every action against each other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { InputReader } from '../src/runtime/inputs.js'

const root = path.resolve(import.meta.dirname, '..')

interface Definition {
  readonly inputs?: Readonly<Record<string, { readonly description?: string; readonly default?: string }>>
  readonly outputs?: Readonly<Record<string, { readonly description?: string }>>
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string }
}

export interface Action {
  readonly name: string
  readonly folder: string
  /** Where action.yml lies: the folder itself, or the root for the action that runs the whole way. */
  readonly home: string
  readonly definition: Definition
}

/** Every action of the house; the folder without an action.yml of its own belongs to the root's. */
export function actions(): Action[] {
  const names = readdirSync(path.join(root, 'actions'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  return names.map(({ name }) => {
    const folder = path.join(root, 'actions', name)
    const home = existsSync(path.join(folder, 'action.yml')) ? folder : root
    const definition = parse(readFileSync(path.join(home, 'action.yml'), 'utf8')) as Definition
    return { name, folder, home, definition }
  })
}

/** What is wrong with an action's description of itself, a sentence each. `read` are the inputs its inputs.ts reads. */
export function metadataProblems(action: Action, read: ReadonlySet<string>): string[] {
  const { definition, folder, home } = action
  const problems: string[] = []
  const inputs = Object.keys(definition.inputs ?? {})
  for (const name of inputs) if (!read.has(name)) problems.push(`inputs.ts does not read ${name}`)
  for (const name of read) if (!inputs.includes(name)) problems.push(`action.yml lacks the input ${name}`)
  const rows = readFileSync(path.join(folder, 'README.md'), 'utf8').split('\n')
  const rowOf = (name: string): string | undefined =>
    rows.find((row) => row.startsWith('|') && row.split('|')[1]?.trim() === `\`${name}\``)
  for (const [name, { description }] of Object.entries({ ...definition.inputs, ...definition.outputs })) {
    if (description === undefined) problems.push(`action.yml does not describe ${name}`)
    if (rowOf(name) === undefined) problems.push(`README.md has no table row for ${name}`)
  }
  for (const [name, { default: value = '' }] of Object.entries(definition.inputs ?? {})) {
    if (value !== '' && rowOf(name)?.includes(`\`${value}\``) === false) {
      problems.push(`README.md does not give the default of ${name}, ${value}`)
    }
  }
  if (definition.runs.using !== 'node24')
    problems.push(`action.yml uses ${definition.runs.using}, not node24`)
  for (const stage of [definition.runs.main, definition.runs.post]) {
    if (stage !== undefined && !existsSync(path.join(home, stage))) problems.push(`${stage} is not there`)
  }
  return problems
}

/** The names of the inputs that `getInputs` reads when each has its default; `given` stands in for the required ones. */
export function inputsRead(
  { definition }: Action,
  getInputs: (reader: InputReader) => unknown,
  given: Readonly<Record<string, string>>,
): Set<string> {
  const read = new Set<string>()
  getInputs(
    new InputReader((name) => {
      read.add(name)
      const value = given[name] ?? definition.inputs?.[name]?.default ?? ''
      return value.startsWith('${{') ? 'from-the-context' : value
    }),
  )
  return read
}
