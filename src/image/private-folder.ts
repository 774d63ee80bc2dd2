import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { lockFolder, tryLockFolder } from './lock.js'

/** Before the names of folders that are no one's but their maker's. */
const prefix = '.new-'

export interface PrivateFolder {
  readonly folder: string
  remove(): void
}

/**
 * Makes a folder of our own below `parent`, and removes those that killed processes have left there: each is locked
 * by its maker for as long as that lives.
 */
export async function privateFolder(parent: string): Promise<PrivateFolder> {
  mkdirSync(parent, { recursive: true })
  // Between a folder's making and its locking nobody may look at it.
  const alone = await lockFolder(parent)
  try {
    for (const name of readdirSync(parent)) {
      if (name.startsWith(prefix)) await removeDead(path.join(parent, name))
    }
    const folder = mkdtempSync(path.join(parent, prefix))
    const own = await lockFolder(folder)
    return {
      folder,
      remove: () => {
        rmSync(folder, { recursive: true, force: true })
        own.release()
      },
    }
  } finally {
    alone.release()
  }
}

async function removeDead(folder: string): Promise<void> {
  try {
    const lock = await tryLockFolder(folder)
    if (lock === undefined) return
    rmSync(folder, { recursive: true, force: true })
    lock.release()
  } catch {
    // Another user's, or a child of the dead still writes there: a later build will get it.
  }
}
