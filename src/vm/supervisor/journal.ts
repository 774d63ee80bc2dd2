import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runSsh } from '../../ssh/session.js'
import { files } from '../state.js'

/** What a guest that works is asked for its journal with, and the milliseconds it has to answer. */
const command = 'journalctl --boot --no-pager --lines=5000 2>&1'
const within = 4000

/** Keeps the journal of a guest that is about to be ended though it works, in this working directory. */
export async function saveJournal(configFile: string): Promise<void> {
  const { stdout } = await runSsh(configFile, command, { timeout: within })
  mkdirSync(files.repro, { recursive: true, mode: 0o700 })
  writeFileSync(path.join(files.repro, files.journal), stdout)
}
