import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { extract, type Header } from 'tar-stream'
import { visible } from '../runtime/inert.js'
import { formatSize } from '../runtime/units.js'

/** How much of an archive is taken. At the first limit reached nothing further is read. */
export interface ArchiveLimits {
  /** Bytes of all files together; the archive's own headers may add as much again, and 1 KiB for each entry. */
  readonly bytes: number
  /** Bytes of one file. */
  readonly fileBytes: number
  /** Files, folders and whatever else the archive names. */
  readonly entries: number
  /** Folders above a file, and itself. */
  readonly depth: number
  /** Bytes in a path. */
  readonly path: number
}

export const defaultLimits: ArchiveLimits = {
  bytes: 2 ** 30,
  fileBytes: 2 ** 29,
  entries: 20_000,
  depth: 16,
  path: 1024,
}

export interface Unpacked {
  /** Path within the folder and bytes of every file that came whole, in the archive's order. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[]
  /** What was left out. Raw names from the archive: print them only through `inert`. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[]
  /** The limit that ended it, for people. */
  readonly limit?: string
  /** The file of which only the beginning was written. */
  readonly cut?: string
  /** Why the rest of the archive could not be read: it ended too early, or it is none. */
  readonly broken?: string
}

class LimitReached extends Error {}

/** Opens a new file or fails: never follows a link, never reuses what is there. */
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * Writes the regular files and folders of an untrusted tar stream into `folder`, which must be empty and private
 * (mode 0700). All else in the archive (links, devices, FIFOs, sparse maps, names that lead elsewhere or hide
 * something, a name for the second time) is left out and told. Files get mode 0600, folders 0700.
 * `rename` may change a name that has been found good, but not the folders' number or order in it.
 * A bad archive is no error: what came before the bad place is kept and `broken` says what was wrong.
 */
export async function unpack(
  stream: Readable,
  folder: string,
  limits: ArchiveLimits = defaultLimits,
  rename: (name: string) => string = (name) => name,
): Promise<Unpacked> {
  const files: { path: string; bytes: number }[] = []
  const skipped: { name: string; why: string }[] = []
  const made = new Set([''])
  let entries = 0
  let total = 0
  let cut: string | undefined
  const end = (): Partial<Unpacked> => (cut === undefined ? {} : { cut })

  const count = (): void => {
    if (++entries > limits.entries) throw new LimitReached(`${limits.entries} entries`)
  }

  /** Makes the folder and those above it; each is one that this call made, so none can be a link. */
  const makeFolder = (name: string): void => {
    if (made.has(name)) return
    makeFolder(parentOf(name))
    count()
    mkdirSync(path.join(folder, name), { mode: 0o700 })
    made.add(name)
  }

  const writeFile = async (name: string, entry: AsyncIterable<unknown>): Promise<void> => {
    makeFolder(parentOf(name))
    const descriptor = openSync(path.join(folder, name), newFile, 0o600)
    cut = name
    let bytes = 0
    try {
      for await (const piece of entry as AsyncIterable<Buffer>) {
        const room = Math.min(limits.fileBytes - bytes, limits.bytes - total)
        const kept = piece.subarray(0, room)
        writeAll(descriptor, kept)
        bytes += kept.length
        total += kept.length
        if (kept.length < piece.length) {
          throw new LimitReached(
            bytes === limits.fileBytes
              ? `${formatSize(limits.fileBytes)} in one file`
              : `${formatSize(limits.bytes)} in all`,
          )
        }
      }
    } finally {
      closeSync(descriptor)
    }
    cut = undefined
    files.push({ path: name, bytes })
  }

  const archive = extract()
  feed(stream, archive, 2 * limits.bytes + 1024 * limits.entries)
  try {
    for await (const entry of archive) {
      count()
      const parts = entry.header.name.split('/').filter((part) => part !== '' && part !== '.')
      const name = rename(parts.join('/'))
      const why = objection(entry.header, parts)
      if (why === undefined) {
        if (parts.length > limits.depth) throw new LimitReached(`${limits.depth} folders deep`)
        if (Buffer.byteLength(name) > limits.path) throw new LimitReached(`${limits.path} bytes in a path`)
        try {
          if (entry.header.type === 'directory') makeFolder(name)
          else await writeFile(name, entry)
        } catch (error) {
          const refusal = refusals[(error as NodeJS.ErrnoException).code ?? '']
          if (refusal === undefined) throw error
          skipped.push({ name: entry.header.name, why: refusal })
        }
      } else {
        skipped.push({ name: entry.header.name, why })
      }
      entry.resume()
    }
  } catch (error) {
    if (error instanceof LimitReached) return { files, skipped, limit: error.message, ...end() }
    // Trouble with our own disk is not the archive's fault.
    const { message, syscall } = error as NodeJS.ErrnoException
    if (syscall !== undefined && syscall !== 'read') throw error
    return { files, skipped, broken: visible(message), ...end() }
  } finally {
    stream.destroy()
  }
  return { files, skipped }
}

/** Errors of the file system that an entry's name alone can bring about. */
const refusals: Readonly<Record<string, string>> = {
  EEXIST: 'there is already one of that name',
  ENAMETOOLONG: 'its name is too long',
  EINVAL: 'its name cannot be stored',
  EILSEQ: 'its name cannot be stored',
}

/** Why an entry is left out, whatever the limits; undefined when it may come in. */
function objection(header: Header, parts: readonly string[]): string | undefined {
  const { name } = header
  const type = header.type as string | null
  const pax = header.pax as Readonly<Record<string, string>> | null | undefined
  if (type !== 'file' && type !== 'directory') return `it is no regular file but a ${type ?? 'special file'}`
  if (visible(name) !== name || /[\t\ufffd]/.test(name))
    return 'its name holds characters that cannot be seen'
  if (name.startsWith('/')) return 'its name is absolute'
  if (parts.includes('..')) return 'its name leads out of the folder'
  if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'))) return 'it is a sparse map'
  if (type === 'directory') return undefined
  if ((header.mode & 0o7000) !== 0) return 'it is setuid, setgid or sticky'
  return parts.length === 0 || name.endsWith('/') ? 'its name is that of a folder' : undefined
}

function parentOf(name: string): string {
  return name.includes('/') ? path.posix.dirname(name) : ''
}

function writeAll(descriptor: number, piece: Buffer): void {
  for (let done = 0; done < piece.length;) done += writeSync(descriptor, piece, done)
}

/** Pumps the raw stream into the parser, whose own entries bound only what they hold: headers may go on for ever. */
function feed(stream: Readable, archive: ReturnType<typeof extract>, limit: number): void {
  let bytes = 0
  const fail = (error: Error): void => {
    archive.destroy(error)
    stream.destroy()
  }
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limit) fail(new LimitReached(`${formatSize(limit)} of archive`))
    else if (!archive.write(chunk)) stream.pause()
  })
  archive.on('drain', () => stream.resume())
  archive.on('error', () => stream.destroy())
  stream.once('end', () => {
    archive.end(null)
  })
  stream.once('error', fail)
}
