import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { InputError } from '../runtime/errors.js'
import { run } from '../runtime/process.js'
import { formatOf } from './disk.js'
import type { ConfigMedia } from './machine.js'
import { files } from './state.js'

/** The label by which GuestOS finds its configuration. Source: dfinity/ic, ic-os/guestos. */
const label = 'CONFIG'

/** Bytes of one logical block. */
const block = 512

/** Where a tar archive says that it is one, and how. Source: POSIX pax, ustar header. */
const tarMagic = { at: 257, text: 'ustar' }

/**
 * The stick for `source`: what a folder holds, or a tar archive as it is under its own name, on a FAT file system made
 * in the state folder; a disk image is taken as it is.
 * @throws {InputError} when it is none of them
 */
export async function configMedia(source: string, folder: string): Promise<ConfigMedia> {
  if (statSync(source).isDirectory()) return makeStick(source, readdirSync(source), folder)
  if (await isTar(source)) return makeStick(path.dirname(source), [path.basename(source)], folder)
  const format = await formatOf(source)
  const { size } = statSync(source)
  if (format === 'raw' && (size === 0 || size % block !== 0)) {
    throw new InputError(
      'config-media',
      source,
      'a folder, a tar archive that is not compressed, or a disk image',
    )
  }
  return { file: source, format }
}

async function makeStick(from: string, names: readonly string[], folder: string): Promise<ConfigMedia> {
  const image = path.join(folder, files.configMedia)
  writeFileSync(image, '', { mode: 0o600 })
  truncateSync(image, stickSize(names.map((name) => path.join(from, name))))
  await run(mkfsCommand(image))
  if (names.length > 0) await run(copyCommand(image, names), { cwd: from })
  return { file: files.configMedia, format: 'raw' }
}

export function mkfsCommand(image: string): string[] {
  return ['mkfs.vfat', '--invariant', '-n', label, image]
}

/** `-Q` gives up at the first file that does not fit; `./` keeps a name from being an option. Source: mcopy(1) */
export function copyCommand(image: string, names: readonly string[]): string[] {
  return ['mcopy', '-s', '-m', '-Q', '-i', image, ...names.map((name) => `./${name}`), '::']
}

/** Bytes that hold the files, each in clusters of its own, in whole blocks. The file is sparse, so that room is cheap. */
function stickSize(paths: readonly string[]): number {
  const { bytes, entries } = content(paths)
  return Math.ceil((2 * bytes + 2 ** 15 * entries + 2 ** 20) / block) * block
}

function content(paths: readonly string[]): { bytes: number; entries: number } {
  const sum = { bytes: 0, entries: 0 }
  for (const file of paths) {
    const stat = statSync(file)
    const inside = stat.isDirectory()
      ? content(readdirSync(file).map((name) => path.join(file, name)))
      : undefined
    sum.bytes += inside?.bytes ?? stat.size
    sum.entries += 1 + (inside?.entries ?? 0)
  }
  return sum
}

async function isTar(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(block), 0, block, 0)
    return buffer.toString('latin1', tarMagic.at, tarMagic.at + tarMagic.text.length) === tarMagic.text
  } finally {
    await handle.close()
  }
}
