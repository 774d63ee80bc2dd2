import { chmodSync, constants, mkdirSync, rmSync } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { run } from '../runtime/process.js'
import { changedBlocks, writeChanges } from './changes.js'
import { valueDigest } from './digest.js'
import { diskFile, diskFiles } from './disk-layer.js'
import { install, type Contents } from './installation.js'
import { layOut } from './partitions.js'
import type { Recipe } from './recipe.js'
import { finishUpdate } from './update-image.js'

/** Raised when the code below makes something else from the same inputs. */
const layerVersion = 1

/** All that goes into the image on top of the disk layer. */
export interface ImageInputs extends Contents {
  readonly recipe: Recipe
  /** Make an update image as well. */
  readonly updateImage: boolean
}

/** A key over exactly what the image is made from. */
export function imageKey(diskKey: string, { binaries, version, updateImage }: ImageInputs): string {
  const digests = Object.fromEntries(binaries.map(({ name, digest }) => [name, digest]))
  return valueDigest({ layerVersion, diskKey, binaries: digests, version, updateImage })
}

/**
 * Makes the image, and the update image, in `folder` from the disk layer's files in `diskFolder`. Only what another
 * binary or version changes is written, so that it takes as long as that is large.
 * @returns SHA-256 of each binary as it is installed, hex, by its name
 */
export async function makeImage(
  inputs: ImageInputs,
  diskFolder: string,
  folder: string,
): Promise<Record<string, string>> {
  const { recipe, updateImage } = inputs
  const scratch = path.join(folder, 'scratch')
  mkdirSync(scratch)
  const before = path.join(scratch, 'before.img')
  const after = path.join(scratch, 'after.img')
  const metadata = path.join(diskFolder, diskFiles.metadata)
  const image = path.join(folder, diskFile)
  const installed = async (): Promise<Record<string, string>> => {
    await Promise.all(
      [before, after].map((file) => run(['qemu-img', 'convert', '-O', 'raw', metadata, file])),
    )
    return install(inputs, after, diskFolder, scratch)
  }
  const [digests] = await Promise.all([
    installed(),
    copyFile(path.join(diskFolder, diskFiles.disk), image, constants.COPYFILE_FICLONE),
  ])
  const changes = await changedBlocks(before, after)
  chmodSync(image, 0o644)
  const { partitions } = layOut(recipe.partitions, recipe.diskSize)
  const root = partitions.find(({ name }) => name === 'A_root')
  if (root === undefined) throw new Error('no partition A_root, which every recipe has')
  await Promise.all([
    rm(before),
    writeChanges(changes, after, image, root.offset, scratch),
    ...(updateImage ? [finishUpdate(inputs, changes, after, diskFolder, folder, scratch)] : []),
  ])
  chmodSync(image, 0o444)
  rmSync(scratch, { recursive: true })
  return digests
}
