import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../runtime/errors.js'
import { run } from '../runtime/process.js'
import { baseFile } from './base-layer.js'
import { valueDigest } from './digest.js'
import { cutFreeEnd, makeFileSystem } from './file-system.js'
import { readJson, writeJson } from './json.js'
import { installedPackages, type InstalledPackage } from './packages.js'
import type { Recipe } from './recipe.js'
import { asOwner, environment, epoch } from './reproducible.js'
import { copyInto, copyTree, folderIn, linkInto, removedFrom, takeOut, treeDigest } from './tree.js'
import { enableUnit, maskUnit } from './units.js'

/** Raised when the code below makes something else from the same inputs. */
const layerVersion = 2

/** What the root layer is made of, in a folder. The file systems end where their data ends. */
export const rootFiles = {
  root: 'root.ext4',
  /** Only where the recipe has partitions for it. */
  var: 'var.ext4',
  kernel: 'linux',
  initrd: 'initrd',
  bootLoader: 'systemd-boot.efi',
  /** Put in with the version. */
  osRelease: 'os-release',
  packages: 'packages.json',
} as const

/** Where the programs of the input `binaries` go; there from the start, so that they only need to be put in. */
export const binariesFolder = 'opt/ic/bin'
export const shareFolder = 'opt/ic/share'

/** The folders that the guest mounts partitions on. */
const mountPoints = { esp: 'efi', config: 'boot/config', root: 'store', var: 'var' } as const

/** With /var on a partition of its own, people's files go there as well: nothing can be written elsewhere. */
const homes = { home: 'var/home', root: 'var/roothome' } as const

/** A key over exactly what the root layer is made from. Neither version nor binaries: those are put in later. */
export async function rootKey(baseKey: string, recipe: Recipe): Promise<string> {
  const { name, variant, components, enable, mask, partitions } = recipe
  return valueDigest({
    layerVersion,
    baseKey,
    name,
    variant,
    components: await Promise.all(components.map(treeDigest)),
    enable,
    mask,
    partitions: partitions.map(({ type, size }) => [type, type === 'root' || type === 'var' ? size : null]),
    epoch,
  })
}

/** Makes the root layer's files in `folder` from base.tar.zst in `baseFolder`. */
export async function makeRoot(recipe: Recipe, baseFolder: string, folder: string): Promise<void> {
  const tree = path.join(folder, 'tree')
  const owners = path.join(folder, 'owners')
  mkdirSync(tree)
  writeFileSync(owners, '')
  const extract = extractCommand(path.join(baseFolder, baseFile), tree)
  await run(asOwner(extract, owners, process.getuid?.() === 0), { env: environment })
  takeBootFiles(tree, folder)
  const packages = installedPackages(readFileSync(path.join(tree, 'var/lib/dpkg/status'), 'utf8'))
  writeJson(path.join(folder, rootFiles.packages), packages)
  fillTree(tree, recipe)
  const osRelease = path.join(tree, 'usr/lib/os-release')
  writeFileSync(
    path.join(folder, rootFiles.osRelease),
    readFileSync(osRelease, 'utf8') + imageRelease(recipe),
  )
  takeOut(tree, 'usr/lib/os-release')

  const sizeOf = (type: 'root' | 'var'): string | undefined =>
    recipe.partitions.find((partition) => partition.type === type)?.size
  const make = async (type: 'root' | 'var', from: string, journal: boolean): Promise<void> => {
    const file = path.join(folder, rootFiles[type])
    const name = `${recipe.name} ${type}`
    await makeFileSystem({ name, size: sizeOf(type) ?? '', journal }, from, file, owners)
    await cutFreeEnd(file)
  }
  if (sizeOf('var') !== undefined) {
    const varTree = path.join(folder, 'var')
    splitVar(tree, varTree)
    await make('var', varTree, true)
    rmSync(varTree, { recursive: true })
  }
  await make('root', tree, false)
  for (const item of [tree, removedFrom(tree), owners]) rmSync(item, { recursive: true })
}

/** The packages in a root layer. */
export function packagesOf(folder: string): InstalledPackage[] {
  return readJson(path.join(folder, rootFiles.packages)) as InstalledPackage[]
}

/** Device nodes stay out: the kernel makes them, and an ordinary user cannot. */
export function extractCommand(tarball: string, tree: string): string[] {
  return [
    'tar',
    '--extract',
    `--file=${tarball}`,
    `--directory=${tree}`,
    '--numeric-owner',
    '--preserve-permissions',
    '--same-owner',
    '--exclude=./dev/*',
  ]
}

/** Kernel, initrd and boot loader go to the ESP, not into the root file system. */
function takeBootFiles(tree: string, folder: string): void {
  const boot = path.join(tree, 'boot')
  for (const [prefix, to] of [
    ['vmlinuz-', rootFiles.kernel],
    ['initrd.img-', rootFiles.initrd],
  ] as const) {
    const name = readdirSync(boot)
      .filter((candidate) => candidate.startsWith(prefix))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1)
    if (name === undefined)
      throw new UserError(`The base has no /boot/${prefix}*: a package of it must bring a kernel`)
    copyInto(folder, to, path.join(boot, name), 0o644)
  }
  for (const name of readdirSync(boot)) takeOut(tree, path.join('boot', name))
  const loader = path.join(tree, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi')
  copyInto(folder, rootFiles.bootLoader, loader, 0o644)
}

function fillTree(tree: string, recipe: Recipe): void {
  for (const component of recipe.components) copyTree(component, tree)
  for (const unit of recipe.enable) enableUnit(tree, unit)
  for (const unit of recipe.mask) maskUnit(tree, unit)
  const folders = recipe.partitions.map(({ type }) => mountPoints[type])
  for (const folder of [...folders, binariesFolder, shareFolder]) folderIn(tree, folder)
}

/** Moves what is to be writable out of the root file system's tree. */
function splitVar(tree: string, varTree: string): void {
  for (const [home, to] of Object.entries(homes)) {
    renameSync(path.join(tree, home), path.join(tree, to))
    linkInto(tree, home, to)
  }
  renameSync(path.join(tree, 'var'), varTree)
  folderIn(tree, 'var')
}

/** Source: https://www.freedesktop.org/software/systemd/man/252/os-release.html */
export function imageRelease({ name, variant }: Pick<Recipe, 'name' | 'variant'>): string {
  return `IMAGE_ID=${name}\nVARIANT_ID=${variant}\n`
}
