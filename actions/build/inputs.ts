import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseBinaries } from '../../src/image/binaries.js'
import type { BuildInputs } from '../../src/image/build.js'
import { cacheModes } from '../../src/image/cache.js'
import type { ExternalBuild } from '../../src/image/external.js'
import { variants } from '../../src/image/recipe.js'
import { bundled } from '../../src/runtime/checkout.js'
import type { InputReader } from '../../src/runtime/inputs.js'

/** The inputs of build. @throws {InputError} */
export function getInputs(reader: InputReader): BuildInputs {
  return Object.freeze({
    recipe: recipe(reader),
    variant: reader.choice('variant', variants),
    version: reader.matching(
      'version',
      /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$/,
      'up to 128 letters, digits and . _ + ~ -, such as a commit or 1.2.3',
    ),
    packages: reader.lines('packages').map((line) => packageList(reader, line)),
    binaries: parseBinaries(reader.lines('binaries')),
    mirrors: mirrors(reader),
    snapshot: reader.optional('snapshot', (name) =>
      reader.matching(name, /^\d{8}T\d{6}Z$/, 'an archive timestamp such as 20261101T000000Z'),
    ),
    external: external(reader),
    cache: reader.choice('cache', cacheModes),
    localCache: localCache(reader),
    localCacheSize: reader.size('local-cache-size'),
    updateImage: reader.boolean('update-image'),
    output: path.resolve(reader.required('output', 'the path of a folder')),
  })
}

function recipe(reader: InputReader): string {
  const value = reader.required('recipe', 'guestos, or the path of a recipe')
  if (value === 'guestos') return bundled('recipe.yml')
  const absolute = path.resolve(value)
  const isFolder = existsSync(absolute) && statSync(absolute).isDirectory()
  const file = isFolder ? path.join(absolute, 'recipe.yml') : absolute
  if (!existsSync(file)) throw reader.invalid('recipe', 'guestos, or a folder or recipe.yml that exists')
  return file
}

function packageList(reader: InputReader, line: string): string {
  if (line === 'bench') return bundled('packages/bench.txt')
  const absolute = path.resolve(line)
  if (existsSync(absolute) && statSync(absolute).isFile()) return absolute
  throw reader.invalid('packages', 'bench, and files that exist, one a line', line)
}

/** What only a build from a recipe reads, and its default. */
const recipeInputs = { recipe: 'guestos', packages: '', binaries: '', mirror: '', snapshot: '' }

function external(reader: InputReader): ExternalBuild | undefined {
  const command = reader.text('build-command')
  const image = reader.text('image-path')
  const inputs = reader.lines('cache-inputs')
  if (command === '') {
    if (image !== '') throw reader.invalid('image-path', 'nothing without build-command')
    if (inputs.length > 0) throw reader.invalid('cache-inputs', 'nothing without build-command')
    return undefined
  }
  for (const [name, unset] of Object.entries(recipeInputs)) {
    if (reader.text(name) !== unset) {
      throw reader.invalid(
        name,
        `${unset || 'nothing'} with build-command, which takes the place of a recipe`,
      )
    }
  }
  reader.required('image-path', 'with build-command, the path of the image that it makes')
  if (inputs.length === 0) {
    throw reader.invalid('cache-inputs', 'with build-command, glob patterns of all files that it reads')
  }
  return { command, image: path.resolve(image), inputs }
}

/** A self-hosted runner keeps its tool cache from job to job; what a hosted one has dies with the job. */
function localCache(reader: InputReader): string | undefined {
  const value = reader.text('local-cache')
  if (value === '') return undefined
  if (value !== 'auto') return path.resolve(value)
  const { RUNNER_ENVIRONMENT, RUNNER_TOOL_CACHE = '' } = process.env
  const isKept = RUNNER_ENVIRONMENT === 'self-hosted' && RUNNER_TOOL_CACHE !== ''
  return isKept ? path.join(RUNNER_TOOL_CACHE, 'guestos-images') : undefined
}

function mirrors(reader: InputReader): readonly string[] {
  const lines = reader.lines('mirror')
  const wrong = lines.find((line) => !/^(https?:\/\/\S+|deb (\[[^\]]*\] )?https?:\/\/.+)$/.test(line))
  if (wrong !== undefined) {
    throw reader.invalid(
      'mirror',
      'lines of http:// or https:// URLs, or of deb lines as in sources.list',
      wrong,
    )
  }
  if (lines.length > 0 && reader.text('snapshot') !== '') {
    throw reader.invalid('mirror', 'nothing when the input snapshot is set', lines.join(' '))
  }
  return lines
}
