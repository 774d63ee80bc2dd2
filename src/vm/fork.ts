import { copyFileSync, linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { rm, stat, statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import path from 'node:path'
import { Failure } from '../runtime/errors.js'
import { formatSize } from '../runtime/units.js'
import { SupervisorClient, supervisorGone } from './client.js'
import { createOverlay } from './disk.js'
import { checkVm } from './guest.js'
import { launch } from './launch.js'
import { type Machine, partsOf } from './machine.js'
import { ownFolder } from './owner.js'
import type { Plan } from './plan.js'
import { files, readVm, snapshotPrefix } from './state.js'
import { stopVm } from './stop.js'
import { anyCid } from './vsock.js'

/** A saved ready VM (memory and overlay), from which any number of forks may be started. */
export interface Snapshot {
  /**
   * Starts a fork: a VM with a state folder, port, overlay and supervisor of its own, which ends with the original.
   * Resolves with its state folder once it is ready: a command has run over SSH against the pinned key, which corrected
   * the clock and renewed the random pool. Several may be asked for at once.
   * @throws {Failure}
   */
  fork(): Promise<string>
  /** Removes what was saved; forks that run keep running. Idempotent. */
  remove(): Promise<void>
}

/**
 * Saves the ready VM in `folder`, which pauses for a moment and then runs on.
 * @throws {Failure} disk-full or memory-full when the host has too little of either; the VM's own when it is dead
 */
export async function saveVm(folder: string): Promise<Snapshot> {
  checkVm(folder)
  const plan = JSON.parse(readFileSync(path.join(folder, files.plan), 'utf8')) as Plan
  checkMemory(plan.machine)
  await checkDisk(folder, plan.machine)
  const client = await SupervisorClient.connect(folder).catch(() => {
    throw supervisorGone(readVm(folder))
  })
  const saved = mkdtempSync(path.join(folder, snapshotPrefix))
  const remove = (): Promise<void> => rm(saved, { recursive: true, force: true })
  try {
    await client.save(saved)
  } catch (error) {
    await remove()
    throw error
  } finally {
    client.close()
  }
  return { fork: () => fork(folder, plan, saved), remove }
}

async function fork(original: string, plan: Plan, saved: string): Promise<string> {
  checkMemory(plan.machine)
  const folder = ownFolder(`${original}-fork-`)
  const client = await prepare(folder, plan.machine, saved)
    .then(() => launch(folder, forkPlan(folder, original, plan, saved)))
    .catch((error: unknown) => {
      rmSync(folder, { recursive: true })
      throw error
    })
  try {
    await client.ready()
    return folder
  } catch (error) {
    await stopVm(folder)
    throw error
  } finally {
    client.close()
  }
}

/** The saved disk is linked, so that it lasts as long as the last fork that runs on it. */
async function prepare(folder: string, machine: Machine, saved: string): Promise<void> {
  for (const name of partsOf(machine)) copyFileSync(path.join(saved, name), path.join(folder, name))
  const base = path.join(folder, files.base)
  linkSync(path.join(saved, files.overlay), base)
  await createOverlay(base, 'qcow2', folder)
}

/** A fork has the original's keys, for it is the same guest, but no port or CID that the original holds. */
function forkPlan(folder: string, original: string, plan: Plan, saved: string): Plan {
  const { machine } = plan
  return {
    ...plan,
    name: path.basename(folder),
    machine: {
      ...machine,
      sshPort: 0,
      forward: machine.forward.map(({ guest }) => ({ host: 0, guest })),
      vsockCid: machine.vsockCid === null ? null : anyCid(),
      resumed: { as: 'fork', memoryFile: path.join(saved, files.memory) },
    },
    anyVsockCid: true,
    fork: { of: original, deviceState: path.join(saved, files.deviceState) },
  }
}

/** A fork shares what it only reads with the others, but may come to write to all of its memory. */
function checkMemory({ memory }: Machine): void {
  const available = freemem()
  if (available >= memory) return
  throw new Failure({
    class: 'memory-full',
    message: `a fork may use ${formatSize(memory)} of memory and this machine has ${formatSize(available)} available`,
    advice: 'Lower the input memory of the boot action, or run fewer VMs at once.',
  })
}

async function checkDisk(folder: string, { memory }: Machine): Promise<void> {
  const [space, overlay] = await Promise.all([statfs(folder), stat(path.join(folder, files.overlay))])
  const needed = memory + overlay.size
  const available = space.bavail * space.bsize
  if (available >= needed) return
  throw new Failure({
    class: 'disk-full',
    message: `saving the VM takes up to ${formatSize(needed)} of disk and ${formatSize(available)} are available`,
    advice: `Free space where ${folder} lies, or lower the input memory of the boot action.`,
  })
}
