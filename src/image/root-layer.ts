import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../runtime/errors.js'
import { run } from '../runtime/process.js'
import { baseFile } from './base-layer.js'
import { namedUuid, valueDigest } from './digest.js'
import { installedPackages, type InstalledPackage } from './packages.js'
import type { Recipe } from './recipe.js'
import { asOwner, environment, epoch } from './reproducible.js'
import { copyInto, copyTree, placeIn, treeDigest } from './tree.js'
import { enableUnit, maskUnit } from './units.js'

/** Raised when the code below makes something else from the same inputs. */
const layerVersion = 1

/** A program for /opt/ic/bin. */
export interface Binary {
  readonly name: string
  /** SHA-256, hex. */
  readonly digest: string
  /** The file's path; a binary by URL is fetched only when it is asked for. */
  readonly fetch: () => Promise<string>
}

/** All that goes into the root file system on top of the base layer. */
export interface RootInputs {
  readonly recipe: Recipe
  readonly binaries: readonly Binary[]
  readonly version: string
  /** As in the partition table, such as `2G`. */
  readonly size: string
}

/** What the root layer is made of, in a folder. */
export const rootFiles = {
  fileSystem: 'root.ext4',
  kernel: 'linux',
  initrd: 'initrd',
  bootLoader: 'systemd-boot.efi',
} as const

/** A key over exactly what the root layer is made from. */
export async function rootKey(baseKey: string, inputs: RootInputs): Promise<string> {
  const { recipe, binaries, version, size } = inputs
  return valueDigest({
    layerVersion,
    baseKey,
    name: recipe.name,
    variant: recipe.variant,
    version,
    components: await Promise.all(recipe.components.map(treeDigest)),
    binaries: Object.fromEntries(binaries.map(({ name, digest }) => [name, digest])),
    enable: recipe.enable,
    mask: recipe.mask,
    size,
    epoch,
  })
}

/**
 * Makes the root layer's files in `folder` from base.tar.zst in `baseFolder`.
 * @returns the packages installed in it
 */
export async function makeRoot(
  inputs: RootInputs,
  baseFolder: string,
  folder: string,
): Promise<InstalledPackage[]> {
  const tree = path.join(folder, 'tree')
  const owners = path.join(folder, 'owners')
  const isRoot = process.getuid?.() === 0
  mkdirSync(tree)
  writeFileSync(owners, '')
  await run(asOwner(extractCommand(path.join(baseFolder, baseFile), tree), owners, isRoot), {
    env: environment,
  })
  takeBootFiles(tree, folder)
  await fillTree(tree, inputs)
  await run(clampTimesCommand(tree))
  const fileSystem = mke2fsCommand(
    tree,
    path.join(folder, rootFiles.fileSystem),
    inputs.recipe.name,
    inputs.size,
  )
  await run(asOwner(fileSystem, owners, isRoot), { env: environment })
  const packages = installedPackages(readFileSync(path.join(tree, 'var/lib/dpkg/status'), 'utf8'))
  rmSync(tree, { recursive: true })
  rmSync(owners)
  return packages
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
  for (const name of readdirSync(boot)) rmSync(path.join(boot, name), { recursive: true })
  const loader = path.join(tree, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi')
  copyInto(folder, rootFiles.bootLoader, loader, 0o644)
}

async function fillTree(tree: string, { recipe, binaries, version }: RootInputs): Promise<void> {
  for (const component of recipe.components) copyTree(component, tree)
  for (const binary of binaries) copyInto(tree, `opt/ic/bin/${binary.name}`, await binary.fetch(), 0o755)
  writeFileSync(placeIn(tree, 'opt/ic/share/version.txt'), `${version}\n`, { mode: 0o644 })
  appendFileSync(path.join(tree, 'usr/lib/os-release'), imageRelease(recipe, version))
  for (const unit of recipe.enable) enableUnit(tree, unit)
  for (const unit of recipe.mask) maskUnit(tree, unit)
}

/** Source: https://www.freedesktop.org/software/systemd/man/252/os-release.html */
export function imageRelease({ name, variant }: Pick<Recipe, 'name' | 'variant'>, version: string): string {
  return `IMAGE_ID=${name}\nIMAGE_VERSION="${version}"\nVARIANT_ID=${variant}\n`
}

/** Whatever was written after the packages bears the one time too. */
export function clampTimesCommand(tree: string): string[] {
  const touch = ['touch', '--no-dereference', `--date=@${epoch}`, '{}', '+']
  return ['find', tree, '-newermt', `@${epoch}`, '-exec', ...touch]
}

/**
 * Every feature is named, for the host's own defaults differ. No journal: it makes an image differ from build to
 * build, and an overlay does not outlive its VM.
 */
export function mke2fsCommand(tree: string, file: string, name: string, size: string): string[] {
  const uuid = namedUuid(`${name} root`)
  const features =
    'none,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum'
  return [
    'mke2fs',
    '-q',
    '-t',
    'ext4',
    '-d',
    tree,
    '-O',
    features,
    '-b',
    '4096',
    '-I',
    '256',
    '-m',
    '0',
    '-U',
    uuid,
    '-E',
    `hash_seed=${uuid},lazy_itable_init=0,root_owner=0:0,no_copy_xattrs`,
    file,
    size,
  ]
}
