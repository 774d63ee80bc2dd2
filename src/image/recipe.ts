import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { UserError } from '../runtime/errors.js'
import { problemAt, readYaml, schemaProblem, type YamlPath } from '../runtime/schema-errors.js'
import type { BaseName } from './bases.js'
import { partitionProblem } from './partition-rules.js'
import type { Partition } from './partitions.js'
import { recipeSchema } from './recipe-schema.js'

export const variants = ['dev', 'prod'] as const
export type Variant = (typeof variants)[number]

export interface User {
  readonly name: string
  readonly groups?: readonly string[]
  readonly shell?: string
  readonly system?: boolean
}

/** What a variant may add to. */
interface Additions {
  readonly packages?: readonly string[]
  readonly components?: readonly string[]
  readonly units?: { readonly enable?: readonly string[]; readonly mask?: readonly string[] }
}

/** recipe.yml as written. */
interface RecipeFile extends Additions {
  readonly name: string
  readonly base: BaseName
  readonly skeleton?: string
  readonly users?: readonly User[]
  readonly binaries?: Readonly<Record<string, string>>
  readonly 'kernel-command-line'?: readonly string[]
  readonly partitions: readonly Partition[]
  readonly 'disk-size'?: string
  readonly variants?: Readonly<Partial<Record<Variant, Additions>>>
}

/** A recipe for one variant; every path is absolute and exists. */
export interface Recipe {
  readonly name: string
  readonly base: BaseName
  readonly variant: Variant
  readonly packageLists: readonly string[]
  readonly skeleton: string | undefined
  readonly users: readonly User[]
  readonly components: readonly string[]
  readonly binaries: Readonly<Record<string, string>>
  readonly enable: readonly string[]
  readonly mask: readonly string[]
  readonly kernelCommandLine: readonly string[]
  readonly partitions: readonly Partition[]
  /** Of the whole disk where that is more than its partitions, such as `8G`. */
  readonly diskSize: string | undefined
}

const validate = new Ajv({ verbose: true }).compile<RecipeFile>(recipeSchema)

/**
 * Reads and checks a recipe: its form, and that all it names is there.
 * @throws {UserError} that names file, line, key, value and what is allowed
 */
export function readRecipe(file: string, variant: Variant): Recipe {
  const source = readYaml(file)
  const written: unknown = source.document.toJS()
  if (!validate(written)) {
    const [error] = validate.errors ?? []
    throw error === undefined ? new UserError(`${file} is not a recipe`) : schemaProblem(source, error)
  }
  const wrong = partitionProblem(written.partitions, written['disk-size'])
  if (wrong !== undefined) throw problemAt(source, wrong.where, wrong.message)

  const resolve = (where: YamlPath, what: 'file' | 'folder', relative: string): string => {
    const absolute = path.resolve(path.dirname(file), relative)
    if (!existsSync(absolute) || statSync(absolute).isDirectory() !== (what === 'folder')) {
      throw problemAt(
        source,
        where,
        `${JSON.stringify(relative)} is not there; allowed: a ${what} that exists`,
      )
    }
    return absolute
  }
  const resolveAll = (key: 'packages' | 'components', what: 'file' | 'folder'): string[] => [
    ...(written[key] ?? []).map((item, index) => resolve([key, index], what, item)),
    ...(written.variants?.[variant]?.[key] ?? []).map((item, index) =>
      resolve(['variants', variant, key, index], what, item),
    ),
  ]
  const units = (key: 'enable' | 'mask'): string[] => [
    ...(written.units?.[key] ?? []),
    ...(written.variants?.[variant]?.units?.[key] ?? []),
  ]
  return {
    name: written.name,
    base: written.base,
    variant,
    packageLists: resolveAll('packages', 'file'),
    skeleton: written.skeleton === undefined ? undefined : resolve(['skeleton'], 'folder', written.skeleton),
    users: written.users ?? [],
    components: resolveAll('components', 'folder'),
    binaries: Object.fromEntries(
      Object.entries(written.binaries ?? {}).map(([name, item]) => [
        name,
        resolve(['binaries', name], 'file', item),
      ]),
    ),
    enable: units('enable'),
    mask: units('mask'),
    kernelCommandLine: written['kernel-command-line'] ?? [],
    partitions: written.partitions,
    diskSize: written['disk-size'],
  }
}
