import { readFileSync } from 'node:fs'
import path from 'node:path'
import { takeOver } from '../owner.js'
import type { Plan } from '../plan.js'
import { files } from '../state.js'
import { Supervisor } from './supervisor.js'

// Relative names keep sockets within the 107 bytes a socket's path may have, wherever the state folder lies.
const folder = process.argv[2] ?? ''
process.chdir(folder)
const plan = JSON.parse(readFileSync(path.join(folder, files.plan), 'utf8')) as Plan
takeOver(folder)
const supervisor = new Supervisor(folder, plan)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    supervisor.stop()
  })
}
await supervisor.run()
process.exit(0)
