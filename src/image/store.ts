import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { info } from '../runtime/log.js'
import { formatDuration, formatSize } from '../runtime/units.js'
import { type Entry, entryFile, flaw, readEntry } from './entry.js'
import { lockFolder, lockName, type Lock } from './lock.js'
import { epoch } from './reproducible.js'
import { share, shareOver } from './share.js'

/**
 * A folder that keeps entries from job to job, for any number of processes at once:
 *
 *     files/<sha256>       each content once, read-only
 *     entries/<key>.json   an entry.json; its modification time is when the entry was last used
 *     making/<key>         the lock of whoever makes the entry
 *     .new-…               private folders, locked by their processes
 *     .<sha256>.part       downloads that broke off
 *
 * What a job uses it holds by a hard link of its own, in its private folder or as the image it was given: nothing that
 * happens here can take it away, and a content with another name than the store's is known to be in use.
 */
export interface Store {
  readonly folder: string
  /** Bytes on disk above which entries that have not been used for longest go. */
  readonly limit: number
}

/**
 * The modification time of a verified content. Whoever writes to it, root or by any of its names, gives it another: then
 * its digest is computed again. Media that decay in silence are found by boot, which computes the digest of every image.
 */
const verified = new Date(1000 * epoch)

const isStamped = (file: string): boolean => statSync(file).mtimeMs === verified.getTime()

function stamp(file: string): void {
  try {
    utimesSync(file, verified, verified)
  } catch {
    // Another user's: it is verified each time.
  }
}

/** What `take` found: an entry's files in `folder`, nothing, or something broken. */
export type Taken = { readonly folder: string } | { readonly flaw: string } | undefined

/** Milliseconds between signs of life while another job makes what this one needs. */
const silence = 30_000

const inStore = ({ folder }: Store, ...names: string[]): string => path.join(folder, ...names)

/** Makes the folders of a store that are not there yet. */
export function openStore(store: Store): Store {
  for (const name of ['files', 'entries', 'making']) mkdirSync(inStore(store, name), { recursive: true })
  return store
}

/**
 * Takes an entry: links its files into the empty folder `into` and verifies them there. It needs no lock, for what has
 * been linked stays whatever becomes of the store.
 */
export async function take(store: Store, key: string, into: string): Promise<Taken> {
  const index = inStore(store, 'entries', `${key}.json`)
  if (!existsSync(index)) return undefined
  try {
    const entry = readEntry(index, key)
    for (const [name, { sha256 }] of Object.entries(entry.files)) {
      share(inStore(store, 'files', sha256), path.join(into, name))
    }
    writeFileSync(path.join(into, entryFile), readFileSync(index))
  } catch (error) {
    return { flaw: error instanceof Error ? error.message : String(error) }
  }
  const wrong = await flaw(into, key, isStamped)
  if (wrong !== undefined) return { flaw: wrong }
  for (const name of readdirSync(into)) if (name !== entryFile) stamp(path.join(into, name))
  return { folder: into }
}

/** Remembers that an entry has been used. */
export function touch(store: Store, key: string): void {
  try {
    utimesSync(inStore(store, 'entries', `${key}.json`), new Date(), new Date())
  } catch {
    // It has been evicted in the meantime, or is another user's: whoever has taken it has it.
  }
}

/** The right to make an entry, which one process at a time has; says for whom it waits. */
export async function lockEntry(store: Store, key: string): Promise<Lock> {
  const started = performance.now()
  let alive: NodeJS.Timeout | undefined
  try {
    return await lockName(inStore(store, 'making', key), () => {
      info(`Another job makes ${key}; waiting for it`)
      alive ??= setInterval(() => {
        info(`Another job still makes ${key}, for ${formatDuration(performance.now() - started)} now`)
      }, silence)
    })
  } finally {
    clearInterval(alive)
  }
}

/** Puts the files of a sealed folder into the store, where the entry appears whole or not at all; then makes room. */
export async function keep(store: Store, key: string, folder: string): Promise<void> {
  const entry = readEntry(path.join(folder, entryFile), key)
  const alone = await lockFolder(store.folder)
  try {
    for (const [name, { sha256 }] of Object.entries(entry.files)) {
      const file = inStore(store, 'files', sha256)
      // In place of what is there, which may be broken.
      shareOver(path.join(folder, name), file)
      chmodSync(file, 0o444)
      stamp(file)
    }
    const index = inStore(store, 'entries', `${key}.json`)
    writeFileSync(`${index}.new`, readFileSync(path.join(folder, entryFile)))
    renameSync(`${index}.new`, index)
    evict(store, key)
    removeOldParts(store)
  } finally {
    alone.release()
  }
}

/** Milliseconds for which a download that broke off is worth its space. */
const partLife = 7 * 24 * 3600 * 1000

function removeOldParts({ folder }: Store): void {
  for (const name of readdirSync(folder).filter((item) => item.endsWith('.part'))) {
    const file = path.join(folder, name)
    if (Date.now() - statSync(file).mtimeMs > partLife) rmSync(file)
  }
}

interface Kept {
  readonly index: string
  readonly contents: readonly string[]
  readonly used: number
}

/** Removes what belongs to no entry, then entries, the longest unused first, until the rest is within the limit. */
function evict(store: Store, newest: string): void {
  const entries = readdirSync(inStore(store, 'entries')).flatMap((name) => keptEntry(store, name))
  const files = new Map(
    readdirSync(inStore(store, 'files')).map((name) => [name, statSync(inStore(store, 'files', name))]),
  )
  const remove = (content: string): void => {
    rmSync(inStore(store, 'files', content), { force: true })
    files.delete(content)
  }
  const wanted = new Set(entries.flatMap(({ contents }) => contents))
  for (const name of files.keys()) if (!wanted.has(name)) remove(name)

  const used = (): number => [...files.values()].reduce((sum, { blocks }) => sum + blocks * 512, 0)
  const others = entries.filter(({ index }) => path.basename(index) !== `${newest}.json`)
  const kept = new Set(entries)
  for (const entry of others.sort((a, b) => a.used - b.used)) {
    if (used() <= store.limit) return
    // Whoever uses it has a name of his own for it; to remove ours would free nothing.
    if (entry.contents.some((content) => (files.get(content)?.nlink ?? 1) > 1)) continue
    rmSync(entry.index)
    kept.delete(entry)
    const still = new Set([...kept].flatMap(({ contents }) => contents))
    for (const content of entry.contents) if (!still.has(content)) remove(content)
    info(`Evicted ${path.basename(entry.index, '.json')} from ${store.folder}`)
  }
  if (used() > store.limit) {
    info(
      `${store.folder} holds ${formatSize(used())}, more than ${formatSize(store.limit)}: the rest is in use`,
    )
  }
}

/** An entry of the store; none, and its remains removed, when it cannot be read. */
function keptEntry(store: Store, name: string): Kept[] {
  const index = inStore(store, 'entries', name)
  try {
    const entry: Entry = readEntry(index, path.basename(name, '.json'))
    const contents = Object.values(entry.files).map(({ sha256 }) => sha256)
    return [{ index, contents, used: statSync(index).mtimeMs }]
  } catch {
    rmSync(index, { recursive: true, force: true })
    return []
  }
}
