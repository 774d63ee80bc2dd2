import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { group, info, quoted } from '../runtime/log.js'
import { SupervisorClient } from './client.js'
import { files, readVm, type VmState } from './state.js'

/** Lines of the console that a failed job shows at its end. */
const shownLines = 100

/**
 * Shuts down the VM in `folder` and waits until it has gone; a VM that already has is left as it is.
 * @returns its last state, undefined when there is none
 */
export async function stopVm(folder: string): Promise<VmState | undefined> {
  if (!existsSync(path.join(folder, files.state))) return undefined
  const client = await SupervisorClient.connect(folder).catch(() => undefined)
  if (client) {
    client.send('stop')
    await client.gone
  }
  return readVm(folder)
}

/** The end of a job that booted the VM in `folder`: stops it, and shows the end of its console when the job failed. */
export async function finishVm(folder: string, jobStatus: string): Promise<void> {
  if (folder === '' || !existsSync(path.join(folder, files.state))) return
  // Read before the guest shuts down: what it says of that is of no interest.
  const tail = jobStatus === 'failure' ? consoleTail(readVm(folder).console) : ''
  const vm = await stopVm(folder)
  if (!vm) return
  info(`VM ${vm.name} has been shut down; its console log is ${vm.console}`)
  if (tail === '') return
  await group(`The last ${shownLines} lines of the console`, () => {
    quoted(tail)
    return Promise.resolve()
  })
}

function consoleTail(file: string): string {
  if (!existsSync(file)) return ''
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-shownLines).join('\n')
}
