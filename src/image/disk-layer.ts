import { chmodSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run } from '../runtime/process.js'
import { valueDigest } from './digest.js'
import { bootEntry, loaderConf, makeEsp, staged } from './esp.js'
import { layOut, placeCommand, sfdiskScript, type Layout } from './partitions.js'
import type { Partition, Recipe } from './recipe.js'
import { rootFiles } from './root-layer.js'

/** Raised when the code below makes something else from the same inputs. */
const layerVersion = 1

export const diskFile = 'disk.qcow2'

/** All that goes into the disk on top of the root layer. */
export type DiskInputs = Pick<Recipe, 'name' | 'partitions' | 'kernelCommandLine'>

/** A key over exactly what the disk is made from. */
export function diskKey(rootKey: string, { name, partitions, kernelCommandLine }: DiskInputs): string {
  const layout = partitions.map(({ name: label, type, size }) => ({ label, type, size }))
  return valueDigest({ layerVersion, rootKey, name, layout, kernelCommandLine })
}

/** Makes disk.qcow2 in `folder` from the root layer's files in `rootFolder`. No loop device, no mount. */
export async function makeDisk(inputs: DiskInputs, rootFolder: string, folder: string): Promise<void> {
  const { name, partitions } = inputs
  const layout = layOut(partitions)
  const raw = path.join(folder, 'disk.img')
  const esp = path.join(folder, 'esp.img')
  const stage = path.join(folder, 'esp')
  const inRoot = (file: keyof typeof rootFiles): string => path.join(rootFolder, rootFiles[file])

  await makeEsp(esp, sizeOf(layout, 'esp'), name, [
    { path: 'EFI/BOOT/BOOTX64.EFI', source: inRoot('bootLoader') },
    { path: 'a/initrd', source: inRoot('initrd') },
    { path: 'a/linux', source: inRoot('kernel') },
    staged(stage, 'loader/entries/slot-a.conf', bootEntry(entryFor(inputs))),
    staged(stage, 'loader/loader.conf', loaderConf),
  ])

  writeFileSync(raw, '')
  truncateSync(raw, layout.bytes)
  await run(['sfdisk', '--quiet', raw], { input: sfdiskScript(name, layout) })
  for (const partition of layout.partitions) {
    await run(placeCommand(partition.type === 'esp' ? esp : inRoot('fileSystem'), raw, partition))
  }
  await run(convertCommand(raw, path.join(folder, diskFile)))
  chmodSync(path.join(folder, diskFile), 0o444)
  for (const scratch of [raw, esp, stage]) rmSync(scratch, { recursive: true })
}

/** A compact image that VMs use in place as the backing file of their overlays. */
export function convertCommand(source: string, image: string, format: 'raw' | 'qcow2' = 'raw'): string[] {
  const options = ['-c', '-f', format, '-O', 'qcow2', '-o', 'compression_type=zstd']
  return ['qemu-img', 'convert', ...options, source, image]
}

function entryFor({ name, partitions, kernelCommandLine }: DiskInputs): Parameters<typeof bootEntry>[0] {
  const root = partitions.find(({ type }) => type === 'root')?.name ?? ''
  return {
    title: name,
    generation: 1,
    folder: 'a',
    options: [`root=PARTLABEL=${root}`, ...kernelCommandLine],
  }
}

function sizeOf({ partitions }: Layout, type: Partition['type']): number {
  return partitions.find((partition) => partition.type === type)?.bytes ?? 0
}
