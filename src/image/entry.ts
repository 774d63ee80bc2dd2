import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileDigest } from './digest.js'

/**
 * A cache entry is a folder of files and entry.json, which says by what key it was made and what every file must be.
 * It is written last: a folder without it was never finished.
 */
interface EntryFile {
  readonly schema: 1
  readonly key: string
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

const entryFile = 'entry.json'

/** Writes entry.json for the files of a finished layer, and makes them read-only: other folders may share them. */
export async function seal(folder: string, key: string): Promise<void> {
  const files: Record<string, { bytes: number; sha256: string }> = {}
  for (const name of readdirSync(folder).sort()) {
    const file = path.join(folder, name)
    chmodSync(file, 0o444)
    files[name] = { bytes: statSync(file).size, sha256: await fileDigest(file) }
  }
  const entry: EntryFile = { schema: 1, key, files }
  writeFileSync(path.join(folder, entryFile), `${JSON.stringify(entry, null, 2)}\n`)
}

/** What is wrong with an entry, for people; undefined when it holds exactly what was sealed by this key. */
export async function flaw(folder: string, key: string): Promise<string | undefined> {
  let entry: Partial<EntryFile> | null
  try {
    entry = JSON.parse(readFileSync(path.join(folder, entryFile), 'utf8')) as Partial<EntryFile> | null
  } catch (error) {
    return `${entryFile} cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  if (entry?.schema !== 1 || entry.key !== key) return `${entryFile} is of another key`
  const sealed = Object.entries(entry.files ?? {})
  const there = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== entryFile)
  if (sealed.length === 0 || there.length !== sealed.length || !there.every((item) => item.isFile())) {
    return 'other files than were sealed'
  }
  for (const [name, { bytes, sha256 }] of sealed) {
    const found = there.find((item) => item.name === name)
    if (found === undefined) return `${name} is missing`
    const file = path.join(folder, found.name)
    if (statSync(file).size !== bytes) return `${name} has the wrong size`
    if ((await fileDigest(file)) !== sha256) return `${name} has the wrong digest`
  }
  return undefined
}

/** SHA-256 of a file of a sealed entry, hex, as entry.json has it. */
export function sealedDigest(folder: string, name: string): string {
  const entry = JSON.parse(readFileSync(path.join(folder, entryFile), 'utf8')) as EntryFile
  const file = entry.files[name]
  if (file === undefined) throw new Error(`${name} is not in the entry ${folder}`)
  return file.sha256
}
