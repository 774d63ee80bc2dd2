import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { info } from '../runtime/log.js'
import { lives, processSpace } from '../runtime/process-identity.js'
import { clear } from './clear.js'
import { type Owner, ownerOf } from './owner.js'

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
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  info(`Removed the VM in ${folder}, which a job that is gone had left`)
}
