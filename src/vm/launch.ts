import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkout } from '../runtime/checkout.js'
import { UserError } from '../runtime/errors.js'
import { SupervisorClient } from './client.js'
import type { Plan } from './plan.js'
import { files } from './state.js'

/**
 * V8's options for a process that waits most of the time, one per VM: no optimising compiler, whose own code alone is
 * ten megabytes of memory, a small nursery, and collection in place of growth. What the supervisor does with a line of
 * console takes microseconds.
 */
const frugal = ['--no-opt', '--no-maglev', '--max-semi-space-size=1', '--optimize-for-size']

/**
 * Starts the supervisor of a VM as a process that outlives this step: in a session of its own, its output in a file, and
 * this step's environment with it, by which the runner finds it at the end of the job. Until the guest is ready the VM
 * is leased: it ends when the returned connection closes, however that comes about.
 */
export async function launch(folder: string, plan: Plan): Promise<SupervisorClient> {
  writeFileSync(path.join(folder, files.plan), JSON.stringify(plan, null, 2), { mode: 0o600 })
  const client = await startSupervisor(folder)
  client.send('lease')
  return client
}

async function startSupervisor(folder: string): Promise<SupervisorClient> {
  const log = path.join(folder, files.supervisorLog)
  const output = openSync(log, 'a', 0o600)
  const bundle = path.join(checkout(), 'dist/supervisor/index.js')
  const supervisor = spawn(process.execPath, [...frugal, bundle, folder], {
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  supervisor.unref()
  for (let tries = 500; tries > 0; tries -= 1) {
    const client = await SupervisorClient.connect(folder).catch(() => undefined)
    if (client) return client
    if (supervisor.exitCode !== null || supervisor.signalCode !== null) break
    await sleep(20)
  }
  supervisor.kill('SIGKILL')
  throw new UserError(`the supervisor of the VM did not start:\n${readFileSync(log, 'utf8')}`)
}
