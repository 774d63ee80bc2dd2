import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file that is its owner's alone in one step: a reader, or a kill, never meets half of it. */
export function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
