import { Ajv } from 'ajv'
import { UserError } from '../runtime/errors.js'
import { lineOf, problemAt, readYaml, schemaProblem, type YamlSource } from '../runtime/schema-errors.js'
import { parseDuration } from '../runtime/units.js'
import { isGossFile } from './goss.js'
import type { Isolation, Matcher, SmokeTest } from './test.js'
import { testFileSchema } from './test-file-schema.js'

/** An entry as written. */
interface Entry {
  readonly name: string
  readonly run: string
  readonly expect?: { readonly exit?: number; readonly stdout?: string; readonly stderr?: string }
  readonly within?: string
  readonly timeout?: string
  readonly needs?: readonly string[]
  readonly tags?: readonly string[]
  readonly isolation?: Isolation
  readonly group?: string
  readonly reboots?: boolean
}

/** What a test is that does not say it. */
export interface TestDefaults {
  /** Milliseconds. */
  readonly timeout: number
  readonly isolation: Isolation
}

const validate = new Ajv({ verbose: true }).compile<readonly Entry[]>(testFileSchema)

/**
 * The tests of a YAML file, known in reports as `label`. A file for goss is one test, called `name`.
 * @throws {UserError} that names file, line, key, value and what is allowed
 */
export function readTestFile(file: string, label: string, name: string, defaults: TestDefaults): SmokeTest[] {
  const source = readYaml(file)
  const entries: unknown = source.document.toJS()
  if (isGossFile(entries)) return [fileTest({ goss: file }, label, name, defaults)]
  if (!validate(entries)) {
    const [error] = validate.errors ?? []
    throw error === undefined ? new UserError(`${file} holds no smoke tests`) : schemaProblem(source, error)
  }
  return entries.map((entry, index) => ({
    name: entry.name,
    source: { file: label, line: lineOf(source, [index, 'name']) },
    action: { script: entry.run },
    expect: {
      ...(entry.expect?.exit !== undefined && { exit: entry.expect.exit }),
      ...matcher(source, index, 'stdout', entry.expect?.stdout),
      ...matcher(source, index, 'stderr', entry.expect?.stderr),
    },
    ...(entry.within !== undefined && { within: parseDuration(entry.within) ?? 0 }),
    timeout: parseDuration(entry.timeout ?? '') ?? defaults.timeout,
    needs: entry.needs ?? [],
    tags: entry.tags ?? [],
    isolation: entry.isolation ?? defaults.isolation,
    ...(entry.group !== undefined && { group: entry.group }),
    reboots: entry.reboots ?? false,
  }))
}

/** A whole file as one test. */
export function fileTest(
  action: SmokeTest['action'],
  label: string,
  name: string,
  defaults: TestDefaults,
): SmokeTest {
  return {
    ...{ name, action, source: { file: label, line: 1 } },
    ...{ expect: {}, needs: [], tags: [], reboots: false },
    ...defaults,
  }
}

/** `/…/` is a regular expression in which ^ and $ stand for the ends of a line; anything else is text to be found. */
function matcher(
  source: YamlSource,
  index: number,
  stream: 'stdout' | 'stderr',
  text: string | undefined,
): Partial<Record<'stdout' | 'stderr', Matcher>> {
  if (text === undefined) return {}
  const [, pattern] = /^\/(.+)\/$/s.exec(text) ?? []
  if (pattern === undefined) return { [stream]: { contains: text } }
  try {
    return { [stream]: { matches: new RegExp(pattern, 'mu') } }
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw problemAt(
      source,
      [index, 'expect', stream],
      `${JSON.stringify(text)} is not valid (${why}); allowed: text, or /a JavaScript regular expression/`,
    )
  }
}
