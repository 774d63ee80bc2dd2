import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { group, info, quoted } from '../runtime/log.js'
import { lives } from '../runtime/process-identity.js'
import { clear } from './clear.js'
import { SupervisorClient } from './client.js'
import { consoleTail } from './console.js'
import { ownerOf } from './owner.js'
import { reproNote } from './repro.js'
import { files, readVm, type VmState } from './state.js'

/** Milliseconds in which a supervisor that lives has ended its VM, see supervisor.ts. */
const stopWithin = 6000

/** Lines of the console that a job shows at its end when it failed, ran out of time or was cancelled. */
const shownLines = 100

/**
 * Shuts down the VM in `folder` and waits until it has gone; a VM that already has is left as it is.
 * @returns its last state, undefined when there is none
 */
export async function stopVm(folder: string): Promise<VmState | undefined> {
  if (!existsSync(path.join(folder, files.state))) return undefined
  const client = await SupervisorClient.connect(folder).catch(() => undefined)
  const gone = client?.gone.then(() => true) ?? Promise.resolve(false)
  client?.send('stop')
  if (!(await Promise.race([gone, sleep(stopWithin, false, { ref: false })]))) killSupervisor(folder)
  client?.close()
  // A supervisor that was killed could not.
  clear(folder)
  return readVm(folder)
}

/** For a supervisor that does not answer, being stopped itself, or has gone. QEMU dies with it. */
function killSupervisor(folder: string): void {
  const keeper = ownerOf(folder)?.keeper
  try {
    if (keeper && lives(keeper)) process.kill(keeper.pid, 'SIGKILL')
  } catch {
    // It has gone.
  }
}

/** The end of a job that booted the VMs in `folders`: stops all at once, and shows the ends of their consoles unless the job succeeded. */
export async function finishVms(folders: readonly string[], jobStatus: string): Promise<void> {
  const there = folders.filter((folder) => folder !== '' && existsSync(path.join(folder, files.state)))
  const ended = await Promise.all(
    there.map(async (folder) => {
      // Read before the guest shuts down: what it says of that is of no interest.
      const tail = jobStatus === 'success' ? [] : consoleTail(readVm(folder).console, shownLines)
      return { vm: await stopVm(folder), tail }
    }),
  )
  for (const { vm, tail } of ended) if (vm) await tell(vm, tail)
}

async function tell(vm: VmState, tail: readonly string[]): Promise<void> {
  info(`VM ${vm.name} has been shut down. Its console log is there until the job ends: ${vm.console}`)
  info('A step that uploads it with actions/upload-artifact keeps it.')
  const note = reproNote(path.dirname(vm.console))
  if (note !== undefined) info(note)
  if (tail.length === 0) return
  await group(`The last ${shownLines} lines of the console of ${vm.name}`, () => {
    quoted(tail.join('\n'))
    return Promise.resolve()
  })
}
