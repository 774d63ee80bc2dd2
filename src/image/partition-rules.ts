import type { YamlPath } from '../runtime/schema-errors.js'
import { layOut, type Partition } from './partitions.js'
import { parseSize } from '../runtime/units.js'

interface Problem {
  readonly where: YamlPath
  readonly message: string
}

/** What is wrong with a recipe's partitions beyond their form, if anything. */
export function partitionProblem(
  partitions: readonly Partition[],
  diskSize: string | undefined,
): Problem | undefined {
  const names = partitions.map(({ name }) => name)
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (twice !== -1) {
    return {
      where: ['partitions', twice, 'name'],
      message: `${names[twice] ?? ''} stands twice; allowed: a name of its own`,
    }
  }
  const of = (type: Partition['type']): Partition[] => partitions.filter((item) => item.type === type)
  const problem = (message: string): Problem => ({ where: ['partitions'], message })
  if (of('esp').length !== 1) {
    return problem(`${of('esp').length} partitions of type esp; allowed: exactly one`)
  }
  if (of('config').length > 1) {
    return problem(`${of('config').length} partitions of type config; allowed: one at most`)
  }
  const roots = of('root')
  if (!hasNames(roots, ['A_root']) && !hasNames(roots, ['A_root', 'B_root'])) {
    return problem(`${list(roots)} of type root; allowed: A_root, or A_root and B_root`)
  }
  const vars = roots.map(({ name }) => name.replace('root', 'var'))
  if (of('var').length > 0 && !hasNames(of('var'), vars)) {
    return problem(`${list(of('var'))} of type var; allowed: none, or ${vars.join(' and ')}`)
  }
  for (const type of ['root', 'var'] as const) {
    if (new Set(of(type).map(({ size }) => parseSize(size))).size > 1) {
      return problem(`${list(of(type))} differ in size; allowed: the same size for both slots`)
    }
  }
  const { bytes } = layOut(partitions, undefined)
  if (diskSize !== undefined && (parseSize(diskSize) ?? 0) < bytes) {
    return {
      where: ['disk-size'],
      message: `${diskSize} is too small; allowed: ${bytes / 2 ** 20}M or more for these partitions`,
    }
  }
  return undefined
}

function hasNames(partitions: readonly Partition[], names: readonly string[]): boolean {
  return (
    partitions.length === names.length && names.every((name) => partitions.some((item) => item.name === name))
  )
}

function list(partitions: readonly Partition[]): string {
  return partitions.length === 0 ? 'no partition' : partitions.map(({ name }) => name).join(' and ')
}
