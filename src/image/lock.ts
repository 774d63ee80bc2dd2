import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { UserError } from '../runtime/errors.js'
import { missingTool } from '../runtime/tools.js'

/** A lock of the kernel's: it ends with this process at the latest, however that ends, and has no state to go stale. */
export interface Lock {
  release(): void
}

/** Locks a folder that exists; waits for whoever holds it. */
export async function lockFolder(folder: string): Promise<Lock> {
  const descriptor = openSync(folder, 'r')
  await flock(descriptor, 'wait', folder)
  return {
    release: () => {
      closeSync(descriptor)
    },
  }
}

/** Locks a folder that exists; undefined when another process holds it. */
export async function tryLockFolder(folder: string): Promise<Lock | undefined> {
  const descriptor = openSync(folder, 'r')
  if (await flock(descriptor, 'try', folder))
    return {
      release: () => {
        closeSync(descriptor)
      },
    }
  closeSync(descriptor)
  return undefined
}

/**
 * Locks a name in a folder, as an empty file that is there only while somebody holds or wants the lock.
 * @param onWait called when another process holds it, before the wait
 */
export async function lockName(file: string, onWait: () => void): Promise<Lock> {
  for (;;) {
    const descriptor = openSync(file, 'a')
    if (!(await flock(descriptor, 'try', file))) {
      onWait()
      await flock(descriptor, 'wait', file)
    }
    // Whoever held it has removed the file since: a lock on what is left of it keeps nobody out.
    if (statSync(file, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino) {
      return {
        release: () => {
          rmSync(file, { force: true })
          closeSync(descriptor)
        },
      }
    }
    closeSync(descriptor)
  }
}

/**
 * flock(1) locks the open file that it inherits, which is this process's own: the lock stays when flock has ended.
 * No other child inherits the descriptor. Source: flock(1), third form; flock(2); open(2), O_CLOEXEC.
 */
async function flock(descriptor: number, how: 'wait' | 'try', place: string): Promise<boolean> {
  const options = how === 'try' ? ['--nonblock'] : []
  const child = spawn('flock', ['--exclusive', ...options, '3'], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
  })
  const [complaint, status] = await Promise.all([
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close').then(
      ([code]) => code as number | null,
      () => {
        throw missingTool('flock')
      },
    ),
  ])
  if (status === 0) return true
  if (how === 'try' && status === 1) return false
  closeSync(descriptor)
  throw new UserError(
    `${place} cannot be locked: ${complaint.trim() || `flock ended with ${String(status)}`}`,
  )
}
