import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import { warning } from '../runtime/log.js'
import { flaw, seal } from './entry.js'
import { privateFolder, type PrivateFolder } from './private-folder.js'
import { openRemote, type RemoteCache } from './remote-cache.js'
import { keep, lockEntry, openStore, take, touch, type Store, type Taken } from './store.js'

export const cacheModes = ['read-write', 'read-only', 'off'] as const
export type CacheMode = (typeof cacheModes)[number]

/** Where an entry came from: a cache, or `false` when it had to be made. */
export type CacheHit = 'local' | 'remote' | 'false'

export interface CacheInputs {
  readonly cache: CacheMode
  /** The image store's folder, where there is one. */
  readonly localCache: string | undefined
  /** Bytes that the image store may take. */
  readonly localCacheSize: number
  readonly output: string
}

export interface Caches {
  readonly mode: CacheMode
  readonly store: Store | undefined
  readonly remote: RemoteCache | undefined
  /** A private folder on the file system of the store, or else of the output. */
  readonly scratch: string
}

export interface Obtained {
  /** Holds the entry's files, read-only; in `scratch`, and so gone when the caches are closed. */
  readonly folder: string
  readonly hit: CacheHit
}

/** Opens the caches for `work`, and saves what it made to the service of actions/cache when it is done. */
export async function withCaches<T>(inputs: CacheInputs, work: (caches: Caches) => Promise<T>): Promise<T> {
  const { cache: mode } = inputs
  const { store, own } = await openLocal(inputs)
  try {
    const remote = mode === 'off' ? undefined : openRemote(own.folder)
    const result = await work({ mode, store, remote, scratch: own.folder })
    if (mode === 'read-write') await remote?.saveAll()
    return result
  } finally {
    own.remove()
  }
}

/** The store, where there is one that can be used, and a private folder on its file system or on the output's. */
async function openLocal(inputs: CacheInputs): Promise<{ store: Store | undefined; own: PrivateFolder }> {
  const { cache, localCache, localCacheSize, output } = inputs
  const store =
    cache === 'off' || localCache === undefined ? undefined : { folder: localCache, limit: localCacheSize }
  if (store === undefined || cache === 'read-only') return { store, own: await privateFolder(output) }
  try {
    return { store: openStore(store), own: await privateFolder(store.folder) }
  } catch (error) {
    warning(`The local cache ${store.folder} cannot be used: ${reason(error)}`)
    return { store: undefined, own: await privateFolder(output) }
  }
}

/**
 * Finds the entry for a key in the store, then behind it in the service of actions/cache, or has it made. Of many
 * processes that want the same entry at once one makes it, and the others wait for that. Whatever was found is verified
 * against its digests before it counts.
 * @param make puts the entry's files into an empty folder
 */
export async function obtain(
  key: string,
  caches: Caches,
  make: (folder: string) => Promise<void>,
): Promise<Obtained> {
  const { mode, store } = caches
  if (mode === 'off' || store === undefined) return restoreOrMake(key, caches, make)
  const found = await takeFrom(store, key, caches)
  if (found && 'folder' in found) return { ...found, hit: 'local' }
  if (mode === 'read-only') {
    warnOf(found, key)
    return restoreOrMake(key, caches, make)
  }
  const lock = await lockEntry(store, key)
  try {
    const since = await takeFrom(store, key, caches)
    if (since && 'folder' in since) return { ...since, hit: 'local' }
    warnOf(since, key)
    const entry = await restoreOrMake(key, caches, make)
    await keep(store, key, entry.folder).catch((error: unknown) => {
      warning(`The local cache ${store.folder} could not keep ${key}: ${reason(error)}`)
    })
    return entry
  } finally {
    lock.release()
  }
}

async function takeFrom(store: Store, key: string, { mode, scratch }: Caches): Promise<Taken> {
  const found = await take(store, key, mkdtempSync(path.join(scratch, 'taken-')))
  if (mode === 'read-write' && found && 'folder' in found) touch(store, key)
  return found
}

function warnOf(found: Taken, key: string): void {
  if (found && 'flaw' in found) {
    warning(`The entry ${key} in the local cache is broken (${found.flaw}); it is made anew`)
  }
}

async function restoreOrMake(
  key: string,
  { remote, scratch }: Caches,
  make: (folder: string) => Promise<void>,
): Promise<Obtained> {
  const restored = await remote?.restore(key)
  if (restored !== undefined) {
    const wrong = await flaw(restored, key)
    if (wrong === undefined) return { folder: restored, hit: 'remote' }
    warning(`The entry ${key} in the cache is broken (${wrong}); it is made anew`)
  }
  const made = mkdtempSync(path.join(scratch, 'made-'))
  await make(made)
  await seal(made, key)
  remote?.saveLater(key, made)
  return { folder: made, hit: 'false' }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
