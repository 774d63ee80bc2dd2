import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../../src/runtime/errors.js'

const names = ['OUTPUT', 'ENV', 'PATH', 'STATE', 'STEP_SUMMARY'] as const

/** The files through which a step's process speaks to the runner, by the environment variable without GITHUB_. */
export type CommandFiles = Readonly<Record<(typeof names)[number], string>>

/** Makes the files, empty. */
export function createCommandFiles(temp: string): CommandFiles {
  const folder = path.join(temp, '_runner_file_commands')
  mkdirSync(folder, { recursive: true })
  const files = names.map(
    (name) => [name, path.join(folder, `${name.toLowerCase()}_${randomUUID()}`)] as const,
  )
  for (const [, file] of files) writeFileSync(file, '')
  return Object.fromEntries(files) as unknown as CommandFiles
}

export function commandFileVariables(files: CommandFiles): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`GITHUB_${name}`, files[name]]))
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')

/** The `name=value` and `name<<delimiter` entries of a command file. */
export function readPairs(file: string): Record<string, string> {
  return parsePairs(read(file))
}

/** The lines of GITHUB_PATH. */
export function readLines(file: string): string[] {
  return read(file)
    .split(/\r?\n/)
    .filter((line) => line !== '')
}

export function readSummary(file: string): string {
  return read(file)
}

/**
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings
 * @throws {UserError} with the runner's own words about what is wrong
 */
export function parsePairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  const lines = text.split(/\r?\n/)
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue
    const match = /^(.*?)(=|<<)(.*)$/s.exec(line)
    if (!match) throw new UserError(`Invalid format '${line}'`)
    const [, name = '', sign, rest = ''] = match
    if (name === '') throw new UserError(`Invalid format '${line}'. Name must not be empty`)
    if (sign === '=') {
      pairs[name] = rest
      continue
    }
    if (rest === '')
      throw new UserError(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
    const end = lines.indexOf(rest)
    if (end < 0) throw new UserError(`Invalid value. Matching delimiter not found '${rest}'`)
    pairs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n')
  }
  return pairs
}
