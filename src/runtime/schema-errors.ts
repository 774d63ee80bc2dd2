import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ErrorObject } from 'ajv'
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml'
import { UserError } from './errors.js'

/** Where a value stands in a YAML document: keys and list positions from the top. */
export type YamlPath = readonly (string | number)[]

/** A YAML document with what is needed to point into it. */
export interface YamlSource {
  readonly file: string
  readonly document: Document
  readonly lines: LineCounter
}

/** @throws {UserError} that names file and line when it is not YAML */
export function readYaml(file: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines })
  const [syntax] = document.errors
  if (syntax !== undefined) {
    const { line } = lines.linePos(syntax.pos[0])
    throw new UserError(`${shown(file)}:${line}: ${syntax.message.split(' at line ')[0] ?? ''}`)
  }
  return { file, document, lines }
}

/** `recipe.yml:12: units.enable[0]: "x" is not valid; allowed: …` */
export function problemAt(source: YamlSource, where: YamlPath, problem: string): UserError {
  const label = where
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')
  const place = `${shown(source.file)}:${lineOf(source, where)}`
  return new UserError(`${place}: ${label === '' ? '' : `${label}: `}${problem}`)
}

/** The message for what ajv found (with `verbose`): the key, the value and what is allowed. */
export function schemaProblem(source: YamlSource, error: ErrorObject): UserError {
  const where = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  const parameters = error.params as Record<string, string | undefined>
  const schema = error.parentSchema as { description?: string; properties?: object; enum?: string[] }
  const { additionalProperty, missingProperty } = parameters
  if (additionalProperty !== undefined) {
    const allowed = Object.keys(schema.properties ?? {}).join(', ')
    return problemAt(source, [...where, additionalProperty], `unknown key; allowed: ${allowed}`)
  }
  if (missingProperty !== undefined) {
    return problemAt(source, where, `the key ${missingProperty} is missing`)
  }
  const allowed = schema.enum?.join(', ') ?? schema.description ?? error.message ?? ''
  return problemAt(source, where, `${JSON.stringify(error.data)} is not valid; allowed: ${allowed}`)
}

/** Counted from 1. */
export function lineOf({ document, lines }: YamlSource, where: YamlPath): number {
  const parent = where.length > 1 ? document.getIn(where.slice(0, -1), true) : document.contents
  const key = where.at(-1)
  const pair = isMap(parent)
    ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
    : undefined
  const node = pair?.key ?? (where.length === 0 ? document.contents : document.getIn(where, true))
  const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  return lines.linePos(offset).line
}

/** A file as the user knows it: from the folder the step runs in. */
function shown(file: string): string {
  const relative = path.relative('', file)
  return relative.startsWith('..') ? file : relative
}
