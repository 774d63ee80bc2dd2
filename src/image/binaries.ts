import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InputError, UserError } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { fileDigest } from './digest.js'
import type { Recipe } from './recipe.js'
import type { Binary } from './root-layer.js'

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

/** The recipe's binaries and the given ones; a given one takes the place of the recipe's of the same name. */
export async function selectBinaries(
  recipe: Pick<Recipe, 'binaries'>,
  given: readonly BinarySource[],
  downloads: string,
): Promise<Binary[]> {
  const own = Object.entries(recipe.binaries)
    .filter(([name]) => !given.some((source) => source.name === name))
    .map(([name, file]): BinarySource => ({ name, path: file }))
  const sources = [...own, ...given].sort((a, b) => (a.name < b.name ? -1 : 1))
  return Promise.all(
    sources.map(async (source): Promise<Binary> => {
      if ('url' in source) {
        const { name, url, sha256 } = source
        return { name, digest: sha256, fetch: () => download(url, sha256, path.join(downloads, sha256)) }
      }
      return {
        name: source.name,
        digest: await fileDigest(source.path),
        fetch: () => Promise.resolve(source.path),
      }
    }),
  )
}

/**
 * Downloads a file and checks its digest before it gets its name.
 * @throws {UserError} on a status other than 2xx or another digest
 */
export async function download(url: string, sha256: string, file: string): Promise<string> {
  info(`Downloading ${url}`)
  const response = await fetch(url)
  if (!response.ok || response.body === null) {
    throw new UserError(`${url}: the server answered ${response.status} ${response.statusText}`)
  }
  const hash = createHash('sha256')
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const part = `${file}.part`
  await pipeline(Readable.fromWeb(response.body), tap, createWriteStream(part))
  const found = hash.digest('hex')
  if (found !== sha256) throw new UserError(`${url}: expected sha256:${sha256}, downloaded sha256:${found}`)
  renameSync(part, file)
  return file
}
