import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { obtain, withCaches } from '../src/image/cache.js'
import { diskFile } from '../src/image/disk-layer.js'
import { normalise } from '../src/image/external-image.js'
import { shareOver } from '../src/image/share.js'
import { run } from '../src/runtime/process.js'
import { createOverlay } from '../src/vm/disk.js'
import type { Bench, Benchmark, Row } from './benchmark.js'
import { alternately } from './pairs.js'
import { median } from '../src/stats/sample.js'

const rounds = 3
const vms = Array.from({ length: 8 }, (_, index) => `vm-${index}`)

async function measure({ image, folder, say }: Bench): Promise<readonly Row[]> {
  const raw = path.join(folder, 'disk.img')
  const archive = path.join(folder, 'disk-img.tar.zst')
  await run(['qemu-img', 'convert', '-O', 'raw', await image(), raw])
  await run([
    'tar',
    '--create',
    '--sparse',
    '--zstd',
    `--file=${archive}`,
    `--directory=${folder}`,
    'disk.img',
  ])
  rmSync(raw)

  const again: number[] = []
  const first = await alternately(
    {
      ours: async () => {
        const work = mkdtempSync(path.join(folder, 'ours-'))
        const seconds = await overlays(archive, work)
        again.push(await overlays(archive, work))
        rmSync(work, { recursive: true })
        return seconds
      },
      reference: () => decompressions(archive, folder),
    },
    rounds,
    { name: 'disks: eight from one compressed image', unit: 's', goal: 0.3 },
    say,
  )
  const second = median(again)
  return [
    first,
    {
      ...{ name: 'disks: the second eight', unit: 's', goal: 0.02 },
      ...{ ours: second, reference: first.reference, ratio: second / first.reference },
    },
  ]
}

/** Takes the image from the store, into which it is brought once, and gives each VM an overlay on it. */
async function overlays(archive: string, work: string): Promise<number> {
  const started = performance.now()
  const inputs = {
    ...({ cache: 'read-write', localCacheSize: 2 ** 40 } as const),
    ...{ localCache: path.join(work, 'store'), output: work },
  }
  await withCaches(inputs, async (caches) => {
    const { folder } = await obtain('image', caches, (into) =>
      normalise(archive, path.join(into, diskFile), caches.scratch),
    )
    shareOver(path.join(folder, diskFile), path.join(work, diskFile))
  })
  const machines = vms.map((vm) => mkdtempSync(path.join(work, `${vm}-`)))
  await Promise.all(machines.map((machine) => createOverlay(path.join(work, diskFile), 'qcow2', machine)))
  return (performance.now() - started) / 1000
}

/** What one does without: each VM's disk is unpacked from the image. */
async function decompressions(archive: string, folder: string): Promise<number> {
  const work = mkdtempSync(path.join(folder, 'reference-'))
  const started = performance.now()
  for (const vm of vms) {
    mkdirSync(path.join(work, vm))
    await run(['tar', '--extract', `--file=${archive}`, `--directory=${path.join(work, vm)}`])
  }
  const seconds = (performance.now() - started) / 1000
  rmSync(work, { recursive: true })
  return seconds
}

export const disks: Benchmark = {
  name: 'disks',
  about: 'the disks of eight VMs from one compressed image, against eight decompressions',
  run: measure,
}
