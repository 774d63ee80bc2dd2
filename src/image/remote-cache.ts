import { linkSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache'
import { warning } from '../runtime/log.js'

/** What is packed, relative to a workspace of its own: the service finds an entry by its key and this very string. */
const packed = 'entry'

/** Whether this job has the service behind actions/cache. A laptop has not. */
export function hasRemoteCache(): boolean {
  return isFeatureAvailable()
}

/**
 * Restores an entry into a private folder below `scratch`, unverified: an archive may hold anything.
 * @returns the entry's folder; undefined when there is none, or, with a warning, when the service is in trouble
 */
export async function restoreRemote(key: string, scratch: string): Promise<string | undefined> {
  const workspace = mkdtempSync(path.join(scratch, 'restore-'))
  const found = await forgiving(`restore ${key}`, () =>
    inWorkspace(workspace, () => restoreCache([packed], key)),
  )
  return found === key ? path.join(workspace, packed) : undefined
}

/** Saves a sealed folder, unless the service has the key already. Trouble with the service is a warning. */
export async function saveRemote(key: string, folder: string, scratch: string): Promise<void> {
  const workspace = mkdtempSync(path.join(scratch, 'save-'))
  const entry = path.join(workspace, packed)
  mkdirSync(entry)
  for (const name of readdirSync(folder)) linkSync(path.join(folder, name), path.join(entry, name))
  await forgiving(`save ${key}`, () =>
    inWorkspace(workspace, async () => {
      // Saving packs everything before it learns that the key is taken.
      const taken = await restoreCache([packed], key, [], { lookupOnly: true })
      if (taken !== key) await saveCache([packed], key)
    }),
  )
}

/** @actions/cache packs and unpacks below GITHUB_WORKSPACE; it gets a private folder in its place. */
async function inWorkspace<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.GITHUB_WORKSPACE
  const folder = process.cwd()
  process.env.GITHUB_WORKSPACE = workspace
  process.chdir(workspace)
  try {
    return await work()
  } finally {
    process.chdir(folder)
    if (before === undefined) delete process.env.GITHUB_WORKSPACE
    else process.env.GITHUB_WORKSPACE = before
  }
}

async function forgiving<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    warning(`The cache could not ${what}, which is no harm but to speed: ${reason}`)
    return undefined
  }
}
