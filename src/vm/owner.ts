import { mkdtempSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { identityOf, type ProcessIdentity, processSpace } from '../runtime/process-identity.js'
import { replaceFile } from '../runtime/replace-file.js'
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

/** What the name of a folder ends in that is in the making: who makes it, and where; see `ownFolder`. */
const inTheMaking = /new-(\d+)-(\d+)-([0-9a-f]{16})-[^-]+$/

/**
 * Makes the state folder of a VM, whose name begins with `prefix`, and this process its keeper. A process can be killed
 * at any moment, and a folder that does not tell whose it is nobody may remove: until the record of it lies there, the
 * folder's name tells it.
 */
export function ownFolder(prefix: string): string {
  const maker = self()
  const space = processSpace()
  const job = process.ppid > 1 ? identityOf(process.ppid) : undefined
  const made = mkdtempSync(`${prefix}new-${maker.pid}-${maker.started}-${space}-`)
  write(made, { space, job: job ?? null, keeper: maker })
  const folder = `${prefix}${made.slice(made.lastIndexOf('-') + 1)}`
  renameSync(made, folder)
  return folder
}

/** Makes this process the keeper in place of the one that began the VM. */
export function takeOver(folder: string): void {
  const owner = ownerOf(folder)
  if (owner) write(folder, { ...owner, keeper: self() })
}

/** Undefined where there is no VM of ours. */
export function ownerOf(folder: string): Owner | undefined {
  const [, pid, started, space] = inTheMaking.exec(path.basename(folder)) ?? []
  if (space !== undefined) {
    const maker = { pid: Number(pid), started: Number(started) }
    // Nothing in it is of use to the job without the one who makes it.
    return { space, job: maker, keeper: maker }
  }
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
  replaceFile(path.join(folder, files.owner), JSON.stringify(owner))
}
