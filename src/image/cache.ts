import { existsSync, lstatSync, mkdtempSync } from 'node:fs'
import path from 'node:path'
import { info, warning } from '../runtime/log.js'
import { flaw, seal } from './entry.js'
import { findLocal, keepLocal } from './local-cache.js'
import { hasRemoteCache, restoreRemote, saveRemote } from './remote-cache.js'

export const cacheModes = ['read-write', 'read-only', 'off'] as const
export type CacheMode = (typeof cacheModes)[number]

/** Where an entry came from: a cache, or `false` when it had to be made. */
export type CacheHit = 'local' | 'remote' | 'false'

export interface Caches {
  readonly mode: CacheMode
  /** The local cache's folder, where there is one. */
  readonly local: string | undefined
  /** A private folder on the file system of the local cache; the caller removes it in the end. */
  readonly scratch: string
}

export interface Obtained {
  /** Holds the entry's files; below `scratch` unless the local cache keeps it. Not to be written to. */
  readonly folder: string
  readonly hit: CacheHit
}

/**
 * Finds the entry for a key in the local cache, then behind it in the service of actions/cache, or has it made.
 * Whatever was found is verified against its digests before it counts.
 * @param make puts the entry's files into an empty folder
 */
export async function obtain(
  key: string,
  caches: Caches,
  make: (folder: string) => Promise<void>,
): Promise<Obtained> {
  const { mode, local, scratch } = caches
  const remote = mode !== 'off' && hasRemoteCache()
  if (mode !== 'off' && local !== undefined) {
    const folder = await findLocal(local, key)
    if (folder !== undefined) return { folder, hit: 'local' }
  }
  const restored = remote ? await verified(await restoreRemote(key, scratch), key) : undefined
  if (restored !== undefined) return { folder: keep(caches, key, restored), hit: 'remote' }

  const made = mkdtempSync(path.join(scratch, 'make-'))
  await make(made)
  await seal(made, key)
  if (remote && mode === 'read-write') {
    info(`Saving ${key}`)
    await saveRemote(key, made, scratch)
  }
  return { folder: keep(caches, key, made), hit: 'false' }
}

function keep({ mode, local }: Caches, key: string, folder: string): string {
  return mode === 'read-write' && local !== undefined ? keepLocal(local, key, folder) : folder
}

async function verified(folder: string | undefined, key: string): Promise<string | undefined> {
  if (folder === undefined) return undefined
  const isFolder = existsSync(folder) && lstatSync(folder).isDirectory()
  const wrong = isFolder ? await flaw(folder, key) : 'it is not a folder'
  if (wrong === undefined) return folder
  warning(`The entry ${key} in the cache is broken (${wrong}); it is made anew`)
  return undefined
}
