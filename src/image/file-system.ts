import { truncateSync } from 'node:fs'
import { CommandError, run } from '../runtime/process.js'
import { namedUuid } from './digest.js'
import { asOwner, environment, epoch } from './reproducible.js'

/** Bytes of a block. */
const block = 4096

/** What an ext4 file system is made for. */
export interface FileSystem {
  /** Identifiers follow from it. */
  readonly name: string
  /** As in the partition table, such as `2G`. */
  readonly size: string
  /** One that is written to must survive a power cut; the root file system is not, and a journal would be wasted. */
  readonly journal: boolean
}

/**
 * Makes an ext4 file system in `file` from the files in `tree`, the same bytes whenever it is made.
 * @param owners the state of fakeroot, for those who are not root
 */
export async function makeFileSystem(
  { name, size, journal }: FileSystem,
  tree: string,
  file: string,
  owners: string,
): Promise<void> {
  const isRoot = process.getuid?.() === 0
  await run(clampTimesCommand(tree))
  await run(asOwner(mke2fsCommand(tree, file, { name, size, journal }), owners, isRoot), { env: environment })
  await edit(file, clampRequests(inodesInUse(await dump(file))))
}

/** Whatever was written after the packages bears the one time too. */
export function clampTimesCommand(tree: string): string[] {
  const touch = ['touch', '--no-dereference', `--date=@${epoch}`, '{}', '+']
  return ['find', tree, '-newermt', `@${epoch}`, '-exec', ...touch]
}

/**
 * Every feature is named, for the host's own defaults differ. Metadata goes to the front, without copies further back:
 * so the end of the data is the end of what an update has to carry.
 */
export function mke2fsCommand(tree: string, file: string, { name, size, journal }: FileSystem): string[] {
  const uuid = namedUuid(name)
  const features =
    'none,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super2,large_file,huge_file,dir_nlink,extra_isize,metadata_csum'
  return [
    'mke2fs',
    '-q',
    '-t',
    'ext4',
    '-d',
    tree,
    '-O',
    journal ? `${features},has_journal` : features,
    ...(journal ? ['-J', 'size=4'] : []),
    '-b',
    String(block),
    '-I',
    '256',
    '-m',
    '0',
    '-U',
    uuid,
    '-E',
    `packed_meta_blocks=1,num_backup_sb=0,hash_seed=${uuid},lazy_itable_init=0,root_owner=0:0,no_copy_xattrs`,
    file,
    size,
  ]
}

/** mke2fs takes over when each file was last read and changed, which nobody but the kernel decides. */
function clampRequests(inodes: readonly number[]): string[] {
  return inodes.flatMap((inode) => [`sif <${inode}> atime @${epoch}`, `sif <${inode}> ctime @${epoch}`])
}

/** What dumpe2fs says of a file system. */
async function dump(file: string): Promise<string> {
  return (await run(['dumpe2fs', file], { limit: 100_000_000 })).stdout
}

/** The root folder and every inode that is not reserved. */
export function inodesInUse(dumped: string): number[] {
  const total = numberOf(dumped, /^Inode count: +(\d+)$/m)
  const first = numberOf(dumped, /^First inode: +(\d+)$/m)
  const free = ranges(dumped, 'inodes')
  const used = []
  let next = first
  for (const [from, to] of [...free, [total + 1, total + 1] as const]) {
    for (; next < from; next += 1) used.push(next)
    next = Math.max(next, to + 1)
  }
  return [2, ...used]
}

/** Bytes up to the end of the last block that is in use. */
export async function usedBytes(file: string): Promise<number> {
  const dumped = await dump(file)
  let end = numberOf(dumped, /^Block count: +(\d+)$/m)
  for (const [from, to] of ranges(dumped, 'blocks').reverse()) {
    if (to !== end - 1) break
    end = from
  }
  return end * block
}

/** The ranges that dumpe2fs lists for each group as free, such as `Free blocks: 9-11, 15`. */
function ranges(dumped: string, what: 'blocks' | 'inodes'): (readonly [number, number])[] {
  return [...dumped.matchAll(new RegExp(`^  Free ${what}: (.+)$`, 'gm'))]
    .flatMap(([, list = '']) => list.split(','))
    .filter((range) => range.trim() !== '')
    .map((range) => range.split('-').map(Number))
    .map(([from = 0, to = from]) => [from, to] as const)
}

function numberOf(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? NaN)
}

/**
 * Has debugfs change an ext4 file system in place, without mounting it.
 * @param file its path, or `PATH?offset=BYTES`
 * @param cwd where the files that the requests name are
 * @throws {CommandError} when any of the requests failed, of which debugfs itself tells in words alone
 */
export async function edit(file: string, requests: readonly string[], cwd = process.cwd()): Promise<void> {
  const command = ['debugfs', '-w', '-f', '-', file]
  const input = `${requests.join('\n')}\n`
  const { stdout, stderr } = await run(command, { env: environment, input, cwd, limit: 100_000_000 })
  const said = stderr.replace(/^debugfs [\d.]+ \(.*\)\n/, '')
  if (said !== '') throw new CommandError(command, 'it could not do all that was asked', 0, stdout, said)
}

/** Cuts off the free blocks at the end. In a partition that is large enough they are back. */
export async function cutFreeEnd(file: string): Promise<void> {
  truncateSync(file, await usedBytes(file))
}
