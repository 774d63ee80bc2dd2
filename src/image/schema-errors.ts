import path from 'node:path'
import type { ErrorObject } from 'ajv'
import { isMap, isNode, isPair, isScalar, type Document, type LineCounter } from 'yaml'
import { UserError } from '../runtime/errors.js'

/** Where a value stands in a YAML document: keys and list positions from the top. */
export type YamlPath = readonly (string | number)[]

/** A YAML document with what is needed to point into it. */
export interface YamlSource {
  readonly file: string
  readonly document: Document
  readonly lines: LineCounter
}

/** `recipe.yml:12: units.enable[0]: "x" is not valid; allowed: …` */
export function problemAt(source: YamlSource, where: YamlPath, problem: string): UserError {
  const label = where
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')
  const place = `${path.basename(source.file)}:${lineOf(source, where)}`
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
  const { additionalProperty, missingProperty, propertyName } = parameters
  if (additionalProperty !== undefined) {
    const allowed = Object.keys(schema.properties ?? {}).join(', ')
    return problemAt(source, [...where, additionalProperty], `unknown key; allowed: ${allowed}`)
  }
  if (missingProperty !== undefined) {
    return problemAt(source, where, `the key ${missingProperty} is missing`)
  }
  if (propertyName !== undefined) {
    return problemAt(source, [...where, propertyName], 'not a name; allowed: letters, digits, . _ + -')
  }
  const allowed = schema.enum?.join(', ') ?? schema.description ?? error.message ?? ''
  return problemAt(source, where, `${JSON.stringify(error.data)} is not valid; allowed: ${allowed}`)
}

function lineOf({ document, lines }: YamlSource, where: YamlPath): number {
  const parent = where.length > 1 ? document.getIn(where.slice(0, -1), true) : document.contents
  const key = where.at(-1)
  const pair = isMap(parent)
    ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
    : undefined
  const node = pair?.key ?? document.getIn(where, true)
  const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  return lines.linePos(offset).line
}
