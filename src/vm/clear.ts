import { existsSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isCredentialFile } from './credentials.js'
import { files, snapshotPrefix } from './state.js'

const spent: readonly string[] = [
  files.overlay,
  files.base,
  files.firmwareVars,
  files.configMedia,
  files.hostKey,
  files.qmp,
  files.socket,
  files.identity,
]

/** Leaves of a VM that has ended what tells of it, and nothing that costs space or could open a door. */
export function clear(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    if (spent.includes(name) || isCredentialFile(name) || name.startsWith(snapshotPrefix)) {
      rmSync(path.join(folder, name), { recursive: true, force: true })
    }
  }
}
