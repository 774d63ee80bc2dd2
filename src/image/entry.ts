import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { fileDigest } from './digest.js'
import { readJson } from './json.js'

/**
 * A cache entry is a folder of files and entry.json, which says by what key it was made and what every file must be.
 * It is written last: a folder without it was never finished.
 */
export interface Entry {
  readonly schema: 1
  readonly key: string
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

export const entryFile = 'entry.json'

/** Bytes of the longest entry.json that is read. */
const longestEntryFile = 2 ** 16

const isEntry = new Ajv().compile<Entry>({
  type: 'object',
  required: ['schema', 'key', 'files'],
  properties: {
    schema: { const: 1 },
    key: { type: 'string' },
    files: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
      additionalProperties: {
        type: 'object',
        required: ['bytes', 'sha256'],
        properties: {
          bytes: { type: 'integer', minimum: 0 },
          sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        },
      },
    },
  },
})

/** Writes entry.json for the files of a finished layer, and makes them read-only: other folders may share them. */
export async function seal(folder: string, key: string): Promise<void> {
  const files: Record<string, { bytes: number; sha256: string }> = {}
  for (const name of readdirSync(folder).sort()) {
    const file = path.join(folder, name)
    chmodSync(file, 0o444)
    files[name] = { bytes: statSync(file).size, sha256: await fileDigest(file) }
  }
  writeFileSync(path.join(folder, entryFile), entryText({ schema: 1, key, files }))
}

/** The one way in which an entry is written. */
export function entryText({ key, files }: Entry): string {
  const sorted = Object.entries(files).map(([name, { bytes, sha256 }]) => [name, { bytes, sha256 }])
  return `${JSON.stringify({ schema: 1, key, files: Object.fromEntries(sorted) as Entry['files'] }, null, 2)}\n`
}

/**
 * The content of an entry.json.
 * @throws {Error} that says what is wrong: it cannot be read, is not written as we write it, or is of another key
 */
export function readEntry(file: string, key: string): Entry {
  const name = path.basename(file)
  const status = lstatSync(file)
  if (!status.isFile() || status.size > longestEntryFile) throw new Error(`${name} is not one of ours`)
  const text = readFileSync(file, 'utf8')
  let entry: unknown
  try {
    entry = JSON.parse(text)
  } catch {
    throw new Error(`${name} is not JSON`)
  }
  if (!isEntry(entry) || entryText(entry) !== text) throw new Error(`${name} is not one of ours`)
  if (entry.key !== key) throw new Error(`${name} is of another key`)
  return entry
}

/**
 * What is wrong with an entry, for people; undefined when it holds exactly what was sealed by this key.
 * @param isKnown whether a file of the right size is known to be what it was when its digest was last computed
 */
export async function flaw(
  folder: string,
  key: string,
  isKnown: (file: string) => boolean = () => false,
): Promise<string | undefined> {
  let entry: Entry
  try {
    entry = readEntry(path.join(folder, entryFile), key)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const sealed = Object.entries(entry.files)
  const there = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== entryFile)
  if (there.length !== sealed.length || !there.every((item) => item.isFile())) {
    return 'other files than were sealed'
  }
  for (const [name, { bytes, sha256 }] of sealed) {
    if (!there.some((item) => item.name === name)) return `${name} is missing`
    const file = path.join(folder, name)
    if (statSync(file).size !== bytes) return `${name} has the wrong size`
    if (!isKnown(file) && (await fileDigest(file)) !== sha256) return `${name} has the wrong digest`
  }
  return undefined
}

/** SHA-256 of a file of a sealed entry, hex, as entry.json has it. */
export function sealedDigest(folder: string, name: string): string {
  const { files } = readJson(path.join(folder, entryFile)) as Entry
  const file = files[name]
  if (file === undefined) throw new Error(`${name} is not in the entry ${folder}`)
  return file.sha256
}
