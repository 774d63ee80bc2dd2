import { isDeepStrictEqual } from 'node:util'
import { UserError } from '../../src/runtime/errors.js'

export type Combination = Readonly<Record<string, unknown>>

/**
 * The combinations of a `strategy.matrix` whose expressions have been evaluated, in the order GitHub runs them.
 * Source: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstrategymatrix
 */
export function combinations(matrix: unknown): Combination[] {
  if (!isRecord(matrix)) throw new UserError('strategy.matrix must be a mapping')
  const { include = [], exclude = [], ...dimensions } = matrix
  const base = Object.entries(dimensions).reduce<Combination[]>(
    (partial, [name, values]) =>
      partial.flatMap((combination) =>
        list(values, name).map((value) => ({ ...combination, [name]: value })),
      ),
    [{}],
  )
  const excluded = list(exclude, 'exclude')
  const kept =
    Object.keys(dimensions).length === 0
      ? []
      : base.filter((combination) => !excluded.some((item) => isRecord(item) && agrees(item, combination)))

  const result: Combination[] = [...kept]
  for (const extra of list(include, 'include')) {
    if (!isRecord(extra)) throw new UserError('strategy.matrix.include must be a list of mappings')
    const original = Object.entries(extra).filter(([name]) => name in dimensions)
    const fitting = kept.flatMap((combination, index) =>
      agrees(Object.fromEntries(original), combination) ? [index] : [],
    )
    for (const index of fitting) result[index] = { ...result[index], ...extra }
    if (fitting.length === 0) result.push(extra)
  }
  return result
}

const agrees = (part: Combination, whole: Combination): boolean =>
  Object.entries(part).every(([name, value]) => isDeepStrictEqual(whole[name], value))

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new UserError(`strategy.matrix.${name} must be a list`)
  return value
}
