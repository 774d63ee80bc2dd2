import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { warning } from '../runtime/log.js'
import { flaw } from './entry.js'

/** The folder of an entry in a local cache, verified; undefined when there is none. A broken one is removed. */
export async function findLocal(cache: string, key: string): Promise<string | undefined> {
  const folder = path.join(cache, key)
  if (!existsSync(folder)) return undefined
  const wrong = await flaw(folder, key)
  if (wrong === undefined) return folder
  warning(`The local cache entry ${folder} is broken (${wrong}); it is made anew`)
  rmSync(folder, { recursive: true, force: true })
  return undefined
}

/** Moves a sealed folder on the same file system into the cache, where it appears whole or not at all. */
export function keepLocal(cache: string, key: string, folder: string): string {
  const place = path.join(cache, key)
  try {
    renameSync(folder, place)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Another job has put the same entry there in the meantime: either will do.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    rmSync(folder, { recursive: true, force: true })
  }
  return place
}

/** A folder of our own to make things in; its name begins with a dot, as no key does. */
export function scratchFolder(parent: string): string {
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(path.join(parent, '.new-'))
}
