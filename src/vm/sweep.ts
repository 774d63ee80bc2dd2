import { readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { info } from '../runtime/log.js'
import { lives, processSpace } from '../runtime/process-identity.js'
import { clear } from './clear.js'
import { type Owner, ownerOf } from './owner.js'
import { files } from './state.js'

const leaving = '.leaving'

/**
 * Ends and removes the VMs under `root` whose job no longer exists: the runner was killed, or this machine's user left.
 * Of a VM that died in a job that still runs, what tells of it stays for that job's later steps. What cannot be judged
 * from here, and every VM with a keeper and a job, is left alone.
 */
export function sweep(root: string): void {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const folder = path.join(root, entry.name)
    const owner = entry.isDirectory() ? ownerOf(folder) : undefined
    if (owner?.space !== processSpace()) continue
    try {
      reap(folder, owner)
    } catch (error) {
      // Another boot may sweep at the same time.
      info(`Could not clear away ${folder}: ${String(error)}`)
    }
  }
}

function reap(folder: string, { job, keeper }: Owner): void {
  const kept = lives(keeper)
  if (job === null || lives(job)) {
    if (!kept) clear(folder)
    return
  }
  // QEMU dies with it.
  if (kept) process.kill(keeper.pid, 'SIGKILL')
  remove(folder)
  info(`Removed the VM in ${folder}, which a job that is gone had left`)
}

/**
 * What a killed boot had begun, such as the making of a key, may still write into the folder: so it gets another name
 * first, and what tells whose it is goes last, by which the next sweep finds what this one could not remove.
 */
function remove(folder: string): void {
  const aside = folder.endsWith(leaving) ? folder : `${folder}${leaving}`
  if (aside !== folder) renameSync(folder, aside)
  const options = { recursive: true, force: true, maxRetries: 3 }
  for (const name of readdirSync(aside)) if (name !== files.owner) rmSync(path.join(aside, name), options)
  rmSync(aside, options)
}
