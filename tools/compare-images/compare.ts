import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import { fileDigest } from '../../src/image/digest.js'
import { listTree } from '../../src/image/tree.js'
import { run } from '../../src/runtime/process.js'

/** A partition of a raw image; offset and size are in bytes. */
interface Partition {
  readonly name: string
  readonly offset: number
  readonly bytes: number
}

/** What there is of a file: all that two builds could differ in. */
type Listing = ReadonlyMap<string, string>

async function partitionsOf(raw: string): Promise<Partition[]> {
  const { partitiontable } = JSON.parse((await run(['sfdisk', '--json', raw])).stdout) as {
    partitiontable: {
      sectorsize?: number
      partitions: { name?: string; node: string; start: number; size: number }[]
    }
  }
  const { sectorsize = 512, partitions } = partitiontable
  return partitions.map(({ name, node, start, size }) => ({
    name: name ?? node,
    offset: start * sectorsize,
    bytes: size * sectorsize,
  }))
}

/** The inodes and contents of an ext4 file system; undefined when it is none. */
async function ext4Listing(fileSystem: string, folder: string): Promise<Listing | undefined> {
  const { stdout, stderr } = await run(['debugfs', '-R', `rdump / ${folder}`, fileSystem])
  if (/Bad magic number|while trying to open/.test(stderr + stdout)) return undefined
  const files = listTree(folder)
  const folders = new Set(files.flatMap((file) => parents(file.path)))
  const paths = [...folders, ...files.map((file) => file.path)].sort()
  const requests = paths.map((file) => `stat "/${file}"`).join('\n')
  const stats = await run(['debugfs', '-f', '-', fileSystem], { input: requests, limit: 1_000_000_000 })
  const listing = new Map<string, string>()
  stats.stdout
    .split(/^debugfs: stat .*$/m)
    .slice(1)
    .forEach((stat, index) => listing.set(`/${paths[index] ?? ''}`, stat.trim()))
  for (const file of files) {
    if (file.kind !== 'file') continue
    const name = `/${file.path}`
    listing.set(name, `content ${await fileDigest(path.join(folder, file.path))}\n${listing.get(name) ?? ''}`)
  }
  return listing
}

function parents(file: string): string[] {
  const parts = file.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** Names, sizes, times and contents of a FAT file system. */
async function fatListing(image: string, { offset }: Partition, folder: string): Promise<Listing> {
  const at = `${image}@@${offset}`
  const env = { MTOOLS_SKIP_CHECK: '1', TZ: 'UTC' }
  await run(['mcopy', '-s', '-m', '-n', '-i', at, '::/', folder], { env })
  const listing = new Map<string, string>()
  for (const file of listTree(folder)) {
    const entry = await run(['mdir', '-i', at, `::/${file.path}`], { env })
    listing.set(`/${file.path}`, `content ${await fileDigest(path.join(folder, file.path))}\n${entry.stdout}`)
  }
  return listing
}

/** The paths that differ, each with the lines that do. */
function differences(one: Listing, other: Listing): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort().flatMap((file) => {
    const [a, b] = [one.get(file), other.get(file)]
    if (a === b) return []
    if (a === undefined) return [`${file}: only in the second`]
    if (b === undefined) return [`${file}: only in the first`]
    const [left, right] = [a.split('\n'), b.split('\n')]
    const lines = left.flatMap((line, index) =>
      line === right[index] ? [] : [`    ${line}`, `    ${right[index] ?? ''}`],
    )
    return [[`${file}:`, ...lines].join('\n')]
  })
}

/**
 * What differs between two images, file by file where the bytes of a partition do; empty when nothing does.
 * @param scratch an empty folder with room for both images
 */
export async function compare(images: readonly [string, string], scratch: string): Promise<string[]> {
  const raws = images.map((_, index) => path.join(scratch, `${index}.img`))
  for (const [index, image] of images.entries()) {
    await run(['qemu-img', 'convert', '-O', 'raw', image, raws[index] ?? ''])
  }
  const [first = [], second = []] = await Promise.all(raws.map(partitionsOf))
  if (JSON.stringify(first) !== JSON.stringify(second)) return ['the partition tables differ']
  const found: string[] = []
  for (const partition of first) {
    const { name, offset, bytes } = partition
    const range = [`--ignore-initial=${offset}`, `--bytes=${bytes}`]
    const isSame = await run(['cmp', '--silent', ...range, ...raws]).then(
      () => true,
      () => false,
    )
    if (isSame) continue
    const [a, b] = await Promise.all(
      raws.map(async (raw, index) => {
        const folder = mkdtempSync(path.join(scratch, `${name}-${index}-`))
        const ext4 = await ext4Listing(`${raw}?offset=${offset}`, folder)
        return ext4 ?? fatListing(raw, partition, folder)
      }),
    )
    const files = differences(a ?? new Map(), b ?? new Map())
    const lines = files.length > 0 ? files : ['no file differs, but the bytes around them do']
    found.push(...lines.map((line) => `${name} ${line}`))
  }
  return found
}
