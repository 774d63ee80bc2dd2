import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { identityOf, type ProcessIdentity, processSpace } from '../runtime/process-identity.js'
import { files } from './state.js'

/** Whose a VM is, by which a later boot can tell whether anybody still wants it. */
export interface Owner {
  /** Where the process numbers are to be looked up; elsewhere they mean nothing. */
  readonly space: string
  /** The process that runs the job's steps; null where it cannot be seen, as from within a container. */
  readonly job: ProcessIdentity | null
  /** The process that keeps the VM: boot, until the supervisor takes over. */
  readonly keeper: ProcessIdentity
}

/**
 * Makes the state folder of a VM, whose name begins with `prefix`, and this process its keeper. Who that is has been
 * found out before, for a folder that a kill leaves without it nobody can judge.
 */
export function ownFolder(prefix: string): string {
  const parent = process.ppid > 1 ? identityOf(process.ppid) : undefined
  const owner = { space: processSpace(), job: parent ?? null, keeper: self() }
  const folder = mkdtempSync(prefix)
  write(folder, owner)
  return folder
}

/** Makes this process the keeper in place of the one that began the VM. */
export function takeOver(folder: string): void {
  const owner = ownerOf(folder)
  if (owner) write(folder, { ...owner, keeper: self() })
}

/** Undefined where there is no VM of ours. */
export function ownerOf(folder: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, files.owner), 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function self(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, started: 0 }
}

function write(folder: string, owner: Owner): void {
  writeFileSync(path.join(folder, files.owner), JSON.stringify(owner), { mode: 0o600 })
}
