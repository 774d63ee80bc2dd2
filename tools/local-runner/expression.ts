import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import type { FunctionDefinition } from '@actions/expressions/funcs/info'
import { isBasicExpression, isLiteral, isMapping, isSequence } from '@actions/workflow-parser'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { UserError } from '../../src/runtime/errors.js'

export type Status = 'success' | 'failure' | 'cancelled'

/** What an expression is evaluated in. */
export interface Scope {
  /** By name: github, env, inputs, ... as plain values. */
  readonly contexts: Readonly<Record<string, unknown>>
  /** What success(), failure() and cancelled() answer from. */
  readonly status: Status
  /** The folder hashFiles() looks in. */
  readonly workspace: string
}

/**
 * The plain value of a piece of a workflow or action file, its expressions evaluated.
 * @throws {UserError} when an expression cannot be evaluated
 */
export function evaluate(token: TemplateToken, scope: Scope): unknown {
  if (isBasicExpression(token)) return toPlain(evaluateExpression(token.expression, scope))
  if (isSequence(token)) return Array.from(token, (item) => evaluate(item, scope))
  if (isMapping(token)) {
    return Object.fromEntries(
      Array.from(token, ({ key, value }) => [String(evaluate(key, scope)), evaluate(value, scope)]),
    )
  }
  if (isLiteral(token)) return JSON.parse(JSON.stringify(token.toJSON())) as unknown
  throw new UserError(`${token.typeName()} is not supported here`)
}

/** The text of a piece; empty when there is none. */
export function evaluateText(token: TemplateToken | undefined, scope: Scope): string {
  return token === undefined ? '' : asText(evaluate(token, scope))
}

/** A mapping of texts, as of `env` and `with`. */
export function evaluateTexts(token: TemplateToken | undefined, scope: Scope): Record<string, string> {
  const value = token === undefined ? {} : evaluate(token, scope)
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, item]) => [name, asText(item)]))
}

/** Whether a condition holds, by the expression language's own idea of truth. */
export function holds(condition: string, scope: Scope): boolean {
  const value = toPlain(evaluateExpression(condition, scope))
  return !(value === null || value === false || value === 0 || value === '' || Number.isNaN(value))
}

/** A value as it reads inside a string: null is empty, booleans and numbers as in JSON. */
export const asText = (value: unknown): string => toData(value ?? null).coerceString()

const toData = (value: unknown): data.ExpressionData =>
  JSON.parse(JSON.stringify(value), data.reviver) as data.ExpressionData

const toPlain = (value: data.ExpressionData): unknown =>
  JSON.parse(JSON.stringify(value, data.replacer)) as unknown

function evaluateExpression(expression: string, scope: Scope): data.ExpressionData {
  try {
    const functions = functionsIn(scope)
    const names = Object.keys(scope.contexts)
    const tree = new Parser(new Lexer(expression).lex().tokens, names, functions).parse()
    const contexts = toData(scope.contexts) as data.Dictionary
    return new Evaluator(tree, contexts, new Map(functions.map((item) => [item.name, item]))).evaluate()
  } catch (error) {
    throw new UserError(
      `The expression \${{ ${expression} }} cannot be evaluated: ${(error as Error).message}`,
    )
  }
}

function functionsIn(scope: Scope): FunctionDefinition[] {
  const status = (name: string, value: boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  })
  return [
    status('always', true),
    status('success', scope.status === 'success'),
    status('failure', scope.status === 'failure'),
    status('cancelled', scope.status === 'cancelled'),
    {
      name: 'hashfiles',
      minArgs: 1,
      maxArgs: 255,
      call: (...patterns) =>
        new data.StringData(
          hashFiles(
            patterns.map((pattern) => pattern.coerceString()),
            scope.workspace,
          ),
        ),
    },
  ]
}

/* Evaluation is synchronous and the globber is not, so it runs as a process of its own, as it does under the real runner. */
function hashFiles(patterns: readonly string[], workspace: string): string {
  const script = path.join(import.meta.dirname, 'hash-files.mjs')
  return execFileSync(process.execPath, [script, patterns.join('\n')], { cwd: workspace, encoding: 'utf8' })
}
