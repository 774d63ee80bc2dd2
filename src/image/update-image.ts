import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import { run } from '../runtime/process.js'
import { read, type Change } from './changes.js'
import { diskFiles } from './disk-layer.js'
import { fileDigest, streamDigest } from './digest.js'
import type { ImageInputs } from './image-layer.js'
import { readJson, writeJson } from './json.js'
import { epoch } from './reproducible.js'
import { rootFiles } from './root-layer.js'

export const updateFile = 'update-img.tar.zst'

/** A file of the update as its manifest names it. */
interface UpdateFile {
  readonly name: 'linux' | 'initrd' | 'var' | 'root' | 'patch'
  readonly bytes: number
  /** SHA-256, hex. */
  readonly digest: string
}

/** Bytes of zeros that end an archive. Source: pax(1), ustar Interchange Format. */
const endOfArchive = 1024

/**
 * Packs what one slot needs but for version and binaries, whichever slot that will be. The file systems end where their
 * data ends.
 */
export async function makeUpdateBase(rootFolder: string, folder: string): Promise<void> {
  const sources = [
    ['linux', rootFiles.kernel],
    ['initrd', rootFiles.initrd],
    ['var', rootFiles.var],
    ['root', rootFiles.root],
  ] as const
  const there = sources
    .map(([name, file]) => ({ name, file: path.join(rootFolder, file) }))
    .filter(({ file }) => existsSync(file))
  const files: UpdateFile[] = await Promise.all(
    there.map(async ({ name, file }) => ({
      name,
      bytes: statSync(file).size,
      digest: await fileDigest(file),
    })),
  )
  writeJson(path.join(folder, diskFiles.updateFiles), files)
  const members = there.map(({ name, file }) => ({
    name,
    bytes: statSync(file).size,
    open: () => createReadStream(file),
  }))
  await packMembers(members, path.join(folder, diskFiles.update), false)
}

/**
 * Makes update-img.tar.zst in `folder`. The manifest comes first, so that an update can be installed while it arrives;
 * then the base as it was packed once; then what is to be written over its root file system.
 */
export async function finishUpdate(
  inputs: ImageInputs,
  changes: readonly Change[],
  after: string,
  diskFolder: string,
  folder: string,
  scratch: string,
): Promise<void> {
  const base = readJson(path.join(diskFolder, diskFiles.updateFiles)) as UpdateFile[]
  const blocks = function* (): Generator<Buffer> {
    for (const change of changes) yield read(after, change)
  }
  const patch: UpdateFile = {
    name: 'patch',
    bytes: changes.reduce((sum, { bytes }) => sum + bytes, 0),
    digest: await streamDigest(Readable.from(blocks())),
  }
  const manifest = Buffer.from(updateManifest(inputs, [...base, patch], changes))
  const [head, tail] = [path.join(scratch, 'head.zst'), path.join(scratch, 'tail.zst')]
  await packMembers(
    [{ name: 'manifest', bytes: manifest.length, open: () => Readable.from([manifest]) }],
    head,
    false,
  )
  await packMembers([{ ...patch, open: () => Readable.from(blocks()) }], tail, true)
  // Archives that are packed one by one and put one after another are one. Source: RFC 8878, 3: Frames
  concatenate([head, path.join(diskFolder, diskFiles.update), tail], path.join(folder, updateFile))
}

/** Makes one file of several. Streams take ten times as long: for a build that changes one binary, half of all its time. */
function concatenate(files: readonly string[], to: string): void {
  const piece = Buffer.alloc(2 ** 22)
  const whole = openSync(to, 'w')
  for (const file of files) {
    const part = openSync(file, 'r')
    for (let bytes = readSync(part, piece); bytes > 0; bytes = readSync(part, piece)) {
      writeSync(whole, piece, 0, bytes)
    }
    closeSync(part)
  }
  closeSync(whole)
}

/**
 * What guestos-slot reads: `key value` lines, `file <name> <bytes> <sha256>` for each file, and `extent <offset>
 * <bytes>` for each part of the patch. The slot is not in it: whoever installs the update names it to the boot loader.
 */
export function updateManifest(
  { recipe, version }: Pick<ImageInputs, 'recipe' | 'version'>,
  files: readonly UpdateFile[],
  changes: readonly Change[],
): string {
  return [
    'format 1',
    `name ${recipe.name}`,
    `version ${version}`,
    `options ${recipe.kernelCommandLine.join(' ')}`,
    ...files.map(({ name, bytes, digest }) => `file ${name} ${bytes} ${digest}`),
    ...merged(changes).map(({ offset, bytes }) => `extent ${offset} ${bytes}`),
    '',
  ].join('\n')
}

/** Changes that lie one after another, as one. */
function merged(changes: readonly Change[]): Change[] {
  const extents: Change[] = []
  for (const change of changes) {
    const last = extents.at(-1)
    if (last !== undefined && last.offset + last.bytes === change.offset) {
      extents[extents.length - 1] = { ...last, bytes: last.bytes + change.bytes }
    } else extents.push(change)
  }
  return extents
}

async function packMembers(
  members: readonly { readonly name: string; readonly bytes: number; readonly open: () => Readable }[],
  to: string,
  isEnd: boolean,
): Promise<void> {
  const tar = `${to}.tar`
  const archive = pack()
  const written = pipeline(archive, createWriteStream(tar))
  const common = { mode: 0o644, mtime: new Date(epoch * 1000), uid: 0, gid: 0 }
  for (const { name, bytes, open } of members) {
    await pipeline(open(), archive.entry({ ...common, name, size: bytes }))
  }
  archive.finalize()
  await written
  if (!isEnd) truncateSync(tar, statSync(tar).size - endOfArchive)
  await run(zstdCommand(tar, to))
  rmSync(tar)
}

/** The number of threads does not change the bytes. Source: zstd(1), -T and --single-thread */
export function zstdCommand(from: string, to: string): string[] {
  return ['zstd', '--quiet', '--threads=0', '-3', '-o', to, from]
}
