import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BlobStore } from './blobs.js'

/** One entry of the cache; on disk one JSON file each, so that runs at the same time need no common index. */
export interface CacheEntry {
  readonly key: string
  /** A hash over the paths and the compression; entries of different versions never match. */
  readonly version: string
  readonly blob: string
  /** Bytes. */
  readonly size: number
  readonly createdAt: string
  readonly lastUsedAt: string
}

export interface CacheStore {
  /** The URL to upload to, or why not: keys are immutable. */
  create(key: string, version: string): Promise<{ url: string } | { refused: string }>
  finalize(key: string, version: string): Promise<CacheEntry | { refused: string }>
  /** The exact key, else the newest whose key begins with it, else the same for each restore key in turn. */
  find(key: string, restoreKeys: readonly string[], version: string): Promise<CacheEntry | undefined>
  url(entry: CacheEntry): string
  entries(): Promise<CacheEntry[]>
}

/** What a repository has on GitHub before the least recently used entries go. */
const tenGibibytes = 10 * 2 ** 30

/** @param folder of the entries */
export function cacheStore(folder: string, blobs: BlobStore, limit = tenGibibytes): CacheStore {
  const uploads = new Map<string, string>()
  const idOf = (key: string, version: string): string =>
    createHash('sha256')
      .update(JSON.stringify([key, version]))
      .digest('hex')
  const fileOf = (entry: CacheEntry): string => path.join(folder, `${idOf(entry.key, entry.version)}.json`)

  async function entries(): Promise<CacheEntry[]> {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
    const texts = await Promise.all(
      names.map((name) => readFile(path.join(folder, name), 'utf8').catch(() => '')),
    )
    return texts.filter((text) => text !== '').map((text) => JSON.parse(text) as CacheEntry)
  }

  async function write(entry: CacheEntry): Promise<void> {
    const file = fileOf(entry)
    await mkdir(folder, { recursive: true })
    await writeFile(`${file}.${process.pid}`, JSON.stringify(entry, undefined, 2))
    await rename(`${file}.${process.pid}`, file)
  }

  async function evict(): Promise<void> {
    const byUse = (await entries()).sort((a, b) => b.lastUsedAt.localeCompare(a.lastUsedAt))
    let total = 0
    for (const entry of byUse) {
      total += entry.size
      if (total <= limit) continue
      await rm(fileOf(entry), { force: true })
      await blobs.remove('cache', entry.blob)
    }
  }

  const exact = async (key: string, version: string): Promise<CacheEntry | undefined> =>
    (await entries()).find((entry) => entry.key === key && entry.version === version)

  return {
    entries,
    url: (entry) => blobs.downloadUrl('cache', entry.blob),

    async create(key, version) {
      const id = idOf(key, version)
      if (uploads.has(id) || (await exact(key, version))) {
        return { refused: `cache entry with the key "${key}" already exists` }
      }
      const blob = randomUUID()
      uploads.set(id, blob)
      return { url: blobs.uploadUrl('cache', blob) }
    },

    async finalize(key, version) {
      const id = idOf(key, version)
      const blob = uploads.get(id)
      uploads.delete(id)
      const size = blob === undefined ? undefined : await blobs.size('cache', blob)
      if (blob === undefined || size === undefined) return { refused: `nothing was uploaded for "${key}"` }
      if (await exact(key, version)) {
        await blobs.remove('cache', blob)
        return { refused: `cache entry with the key "${key}" already exists` }
      }
      const now = new Date().toISOString()
      const entry = { key, version, blob, size, createdAt: now, lastUsedAt: now }
      await write(entry)
      await evict()
      return entry
    },

    async find(key, restoreKeys, version) {
      const candidates = (await entries())
        .filter((entry) => entry.version === version)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
      let found = candidates.find((entry) => entry.key === key)
      for (const prefix of [key, ...restoreKeys])
        found ??= candidates.find((entry) => entry.key.startsWith(prefix))
      if (found) await write({ ...found, lastUsedAt: new Date().toISOString() })
      return found
    },
  }
}
