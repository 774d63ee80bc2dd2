import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run } from '../runtime/process.js'

/** Bytes in a block of the file system, and in a cluster of a qcow2 image. */
const block = 4096
const cluster = 65536

/** A run of blocks that differ. */
export interface Change {
  /** In bytes from the beginning of the file system; a multiple of a block. */
  readonly offset: number
  /** A multiple of a block; the run lies within one cluster. */
  readonly bytes: number
}

/** The blocks of `after` that differ from `before`, two sparse raw files of the same size, cut at clusters. */
export async function changedBlocks(before: string, after: string): Promise<Change[]> {
  const changes: Change[] = []
  const [from, to] = [openSync(before, 'r'), openSync(after, 'r')]
  const [old, now] = [Buffer.alloc(cluster), Buffer.alloc(cluster)]
  try {
    for (const at of await clustersWithData(after)) {
      readSync(from, old, 0, cluster, at)
      readSync(to, now, 0, cluster, at)
      for (let start = 0; start < cluster; start += block) {
        if (old.compare(now, start, start + block, start, start + block) === 0) continue
        const last = changes.at(-1)
        const offset = at + start
        if (last !== undefined && last.offset + last.bytes === offset && offset % cluster !== 0) {
          changes[changes.length - 1] = { ...last, bytes: last.bytes + block }
        } else changes.push({ offset, bytes: block })
      }
    }
  } finally {
    closeSync(from)
    closeSync(to)
  }
  return changes
}

/** The clusters of a sparse raw file that are no holes, by their offsets. */
async function clustersWithData(file: string): Promise<Set<number>> {
  const { stdout } = await run(['qemu-img', 'map', '-f', 'raw', '--output=json', file], {
    limit: 100_000_000,
  })
  const extents = JSON.parse(stdout) as { start: number; length: number; data: boolean }[]
  const clusters = new Set<number>()
  for (const { start, length, data } of extents) {
    if (!data) continue
    const first = start - (start % cluster)
    for (let at = first; at < start + length; at += cluster) clusters.add(at)
  }
  return clusters
}

/** The bytes of a change. */
export function read(file: string, { offset, bytes }: Change): Buffer {
  const buffer = Buffer.alloc(bytes)
  const descriptor = openSync(file, 'r')
  readSync(descriptor, buffer, 0, bytes, offset)
  closeSync(descriptor)
  return buffer
}

/** Writes changes into a qcow2 image whose partition begins at `partition` bytes. */
export async function writeChanges(
  changes: readonly Change[],
  source: string,
  image: string,
  partition: number,
  scratch: string,
): Promise<void> {
  // One process cannot be told more than its argument list holds.
  const most = 4000
  for (let first = 0; first < changes.length; first += most) {
    const some = changes.slice(first, first + most)
    some.forEach((change, index) => {
      writeFileSync(path.join(scratch, `change-${index}`), read(source, change))
    })
    await run(writeCommand(some, image, partition), { cwd: scratch })
  }
}

/** A whole cluster is written compressed; of others QEMU keeps what is beside the change. */
export function writeCommand(changes: readonly Change[], image: string, partition: number): string[] {
  const requests = changes.flatMap(({ offset, bytes }, index) => {
    const compressed = bytes === cluster ? ' -c' : ''
    return ['-c', `write -q${compressed} -s change-${index} ${partition + offset} ${bytes}`]
  })
  return ['qemu-io', '-f', 'qcow2', ...requests, image]
}
