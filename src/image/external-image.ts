import { lstatSync, mkdtempSync, statSync } from 'node:fs'
import path from 'node:path'
import { InputError } from '../runtime/errors.js'
import { CommandError, run } from '../runtime/process.js'
import { formatOf } from '../vm/disk.js'
import { convertCommand } from './disk-layer.js'
import { wideRecords } from './unpack.js'

const allowed =
  'a file that build-command makes: a raw or qcow2 disk image, or a .tar.zst, .tar.gz or .tar that holds disk.img'

/** Makes a compact qcow2 image of what the command left. @throws {InputError} when that is no image */
export async function normalise(image: string, disk: string, scratch: string): Promise<void> {
  const wrong = (what: string): InputError => new InputError('image-path', image, `${allowed} (${what})`)
  const status = statSync(image, { throwIfNoEntry: false })
  if (!status) throw wrong('it is not there after build-command')
  if (!status.isFile()) throw wrong('it is not a file')
  const source = /\.(?:tar|tar\.zst|tar\.gz|tgz)$/.test(image) ? await extract(image, scratch, wrong) : image
  const format = await formatOf(source)
  if (format === 'raw' && (statSync(source).size === 0 || statSync(source).size % 512 !== 0)) {
    throw wrong(`its ${statSync(source).size} bytes are no whole number of sectors`)
  }
  try {
    // Such images are large, and hardly ever the same bytes twice to begin with.
    await run(convertCommand(source, disk, format, 'any'))
  } catch (error) {
    if (error instanceof CommandError) throw wrong(error.stderr.trim())
    throw error
  }
}

async function extract(archive: string, scratch: string, wrong: (what: string) => Error): Promise<string> {
  const folder = mkdtempSync(path.join(scratch, 'archive-'))
  try {
    await run(extractCommand(archive, folder))
  } catch (error) {
    if (error instanceof CommandError) throw wrong(error.stderr.trim())
    throw error
  }
  const file = path.join(folder, 'disk.img')
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) throw wrong('disk.img in it is not a file')
  return file
}

/** tar finds the compression by itself. */
export function extractCommand(archive: string, folder: string): string[] {
  return [
    'tar',
    '--extract',
    `--file=${archive}`,
    `--directory=${folder}`,
    '--transform=s,^.*/,,S',
    '--no-same-owner',
    ...wideRecords,
    '--no-anchored',
    'disk.img',
  ]
}
