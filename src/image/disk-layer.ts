import { copyFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run } from '../runtime/process.js'
import { valueDigest } from './digest.js'
import { bootEntry, loaderConf, makeEsp, staged } from './esp.js'
import { cutFreeEnd, makeFileSystem } from './file-system.js'
import { isOfSlotB, layOut, placeCommand, sfdiskScript, type PlacedPartition } from './partitions.js'
import type { Recipe } from './recipe.js'
import { rootFiles } from './root-layer.js'
import { folderIn } from './tree.js'
import { makeUpdateBase } from './update-image.js'

/** Raised when the code below makes something else from the same inputs. */
const layerVersion = 2

export const diskFile = 'disk.qcow2'

/** What the disk layer is made of, in a folder: all of an image but its version and its binaries. */
export const diskFiles = {
  disk: diskFile,
  /** The root file system with holes in the place of what its files hold: enough to install more files by. */
  metadata: 'root-metadata.qcow2',
  osRelease: rootFiles.osRelease,
  packages: rootFiles.packages,
  update: 'update-base.tar.zst',
  updateFiles: 'update-base.json',
} as const

/** A key over exactly what the disk is made from. */
export function diskKey(rootKey: string, { name, partitions, diskSize, kernelCommandLine }: Recipe): string {
  const layout = partitions.map(({ name: label, type, size }) => ({ label, type, size }))
  return valueDigest({ layerVersion, rootKey, name, layout, diskSize: diskSize ?? null, kernelCommandLine })
}

/** Makes the disk layer's files in `folder` from the root layer's in `rootFolder`. No loop device, no mount. */
export async function makeDisk(recipe: Recipe, rootFolder: string, folder: string): Promise<void> {
  const layout = layOut(recipe.partitions, recipe.diskSize)
  const scratch = path.join(folder, 'scratch')
  const raw = path.join(scratch, 'disk.img')
  mkdirSync(scratch)
  writeFileSync(raw, '')
  truncateSync(raw, layout.bytes)
  await run(['sfdisk', '--quiet', raw], { input: sfdiskScript(recipe.name, layout) })
  for (const partition of layout.partitions) {
    if (isOfSlotB(partition)) continue
    const file = await contentOf(partition, recipe, rootFolder, scratch)
    await run(placeCommand(file, raw, partition))
  }
  await run(convertCommand(raw, path.join(folder, diskFiles.disk)))

  const metadata = path.join(scratch, 'metadata.img')
  await run(['e2image', '-r', path.join(rootFolder, rootFiles.root), metadata])
  await run(convertCommand(metadata, path.join(folder, diskFiles.metadata)))
  await makeUpdateBase(rootFolder, folder)
  for (const file of [rootFiles.osRelease, rootFiles.packages]) {
    copyFileSync(path.join(rootFolder, file), path.join(folder, file))
  }
  rmSync(scratch, { recursive: true })
}

/** The file that a partition begins with. */
async function contentOf(
  { type, bytes, size }: PlacedPartition,
  { name, kernelCommandLine }: Recipe,
  rootFolder: string,
  scratch: string,
): Promise<string> {
  const inRoot = (file: keyof typeof rootFiles): string => path.join(rootFolder, rootFiles[file])
  const file = path.join(scratch, type)
  switch (type) {
    case 'root':
    case 'var':
      return inRoot(type)
    case 'config': {
      const owners = path.join(scratch, 'owners')
      const empty = path.join(scratch, 'empty')
      writeFileSync(owners, '')
      folderIn(scratch, 'empty')
      await makeFileSystem({ name: `${name} config`, size, journal: true }, empty, file, owners)
      await cutFreeEnd(file)
      return file
    }
    case 'esp': {
      const entry = bootEntry({ name, generation: 1, slot: 'A', options: kernelCommandLine })
      await makeEsp(file, bytes, name, [
        { path: 'EFI/BOOT/BOOTX64.EFI', source: inRoot('bootLoader') },
        { path: 'a/initrd', source: inRoot('initrd') },
        { path: 'a/linux', source: inRoot('kernel') },
        staged(scratch, 'loader/entries/slot-a.conf', entry),
        staged(scratch, 'loader/loader.conf', loaderConf),
      ])
      return file
    }
  }
}

/**
 * A compact image that VMs use in place as the backing file of their overlays.
 * @param order of its clusters: `same` gives the same bytes every time; `any` compresses on up to four processors, and
 * takes what is done first
 * Source: qemu-img(1), convert -c and -W
 */
export function convertCommand(
  source: string,
  image: string,
  format: 'raw' | 'qcow2' = 'raw',
  order: 'same' | 'any' = 'same',
): string[] {
  const options = ['-c', '-f', format, '-O', 'qcow2', '-o', 'compression_type=zstd']
  return ['qemu-img', 'convert', ...(order === 'any' ? ['-W'] : []), ...options, source, image]
}
