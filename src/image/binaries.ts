import { existsSync, mkdtempSync, statSync } from 'node:fs'
import path from 'node:path'
import { InputError } from '../runtime/errors.js'
import { obtain, type Caches } from './cache.js'
import { fileDigest, valueDigest } from './digest.js'
import { download } from './download.js'
import type { Recipe } from './recipe.js'
import type { Binary } from './installation.js'
import { packingOf, unpack } from './unpack.js'

/** A program to install, as the input `binaries` names it. */
export type BinarySource =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly url: string; readonly sha256: string }

const allowed = 'name=path of a file that exists, or name=https://… sha256:<64 hex digits>'

/** @throws {InputError} for a line that is neither `name=path` nor `name=URL sha256:<hex>` */
export function parseBinaries(lines: readonly string[]): BinarySource[] {
  const sources = lines.map((line) => parseBinary(line))
  sources.forEach(({ name }, index) => {
    if (sources.findIndex((other) => other.name === name) !== index) {
      throw new InputError('binaries', lines[index] ?? '', `each name once; ${name} is there already`)
    }
  })
  return sources
}

function parseBinary(line: string): BinarySource {
  const [, name, source] = /^([A-Za-z0-9][A-Za-z0-9._+-]*)=(.+)$/.exec(line) ?? []
  if (name === undefined || source === undefined) throw new InputError('binaries', line, allowed)
  const [, url, sha256] = /^(https?:\/\/\S+)\s+sha256:([0-9a-f]{64})$/.exec(source) ?? []
  if (url !== undefined && sha256 !== undefined) return { name, url, sha256 }
  const absolute = path.resolve(source)
  if (!existsSync(absolute) || !statSync(absolute).isFile()) throw new InputError('binaries', line, allowed)
  return { name, path: absolute }
}

/**
 * The recipe's binaries and the given ones; a given one takes the place of the recipe's of the same name. What is
 * compressed is unpacked, unless it is to be installed under a name that says so.
 */
export async function selectBinaries(
  recipe: Pick<Recipe, 'binaries'>,
  given: readonly BinarySource[],
  caches: Caches,
): Promise<Binary[]> {
  const own = Object.entries(recipe.binaries)
    .filter(([name]) => !given.some((source) => source.name === name))
    .map(([name, file]): BinarySource => ({ name, path: file }))
  const sources = [...own, ...given].sort((a, b) => (a.name < b.name ? -1 : 1))
  return Promise.all(sources.map((source) => select(source, caches)))
}

async function select(source: BinarySource, caches: Caches): Promise<Binary> {
  const { name } = source
  const sha256 = 'url' in source ? source.sha256 : await fileDigest(source.path)
  const packing = packingOf('url' in source ? new URL(source.url).pathname : source.path)
  const isPacked = packing !== undefined && packingOf(name) !== packing
  const get = once(async () => {
    const file = 'url' in source ? await downloaded(source.url, sha256, caches) : source.path
    if (!isPacked) return file
    const unpacked = path.join(mkdtempSync(path.join(caches.scratch, 'unpacked-')), name)
    await unpack(file, packing, unpacked)
    return unpacked
  })
  // The same bytes are another program when they are unpacked.
  const digest = isPacked ? valueDigest([packing, sha256]) : sha256
  return { name, digest, content: isPacked ? undefined : sha256, fetch: get }
}

/** A download is kept in the store as any entry is; the cache service has no need of what the web has. */
async function downloaded(url: string, sha256: string, caches: Caches): Promise<string> {
  const part = path.join(path.dirname(caches.scratch), `.${sha256}.part`)
  const { folder } = await obtain(`download-${sha256}`, { ...caches, remote: undefined }, (into) =>
    download(url, sha256, path.join(into, 'file'), part),
  )
  return path.join(folder, 'file')
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= work())
}
