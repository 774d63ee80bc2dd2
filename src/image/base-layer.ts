import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { run, runLive } from '../runtime/process.js'
import { bases } from './bases.js'
import { valueDigest } from './digest.js'
import { readPackageList } from './packages.js'
import type { Recipe, User } from './recipe.js'
import { environment } from './reproducible.js'
import { copyTree, treeDigest } from './tree.js'

/** Raised when the code below makes something else from the same inputs. */
const layerVersion = 2

export const baseFile = 'base.tar.zst'
const skeletonFile = 'skeleton.tar'

/** All that goes into the base layer: packages and users, no components. */
export interface BaseInputs {
  readonly recipe: Recipe
  /** URLs or lines of sources.list, as mmdebstrap takes them; empty for the distribution's own. */
  readonly mirrors: readonly string[]
  /** YYYYMMDDTHHMMSSZ */
  readonly snapshot: string | undefined
}

/** A key over exactly what the base layer is made from. */
export async function baseKey(inputs: BaseInputs): Promise<string> {
  const { skeleton } = inputs.recipe
  return valueDigest({
    layerVersion,
    command: mmdebstrapCommand(inputs),
    skeleton: skeleton === undefined ? null : await treeDigest(skeleton),
    epoch: environment.SOURCE_DATE_EPOCH,
  })
}

/** Makes base.tar.zst in `folder`: a Debian or Ubuntu file system with its packages configured and an initrd made. */
export async function makeBase(inputs: BaseInputs, folder: string): Promise<void> {
  const { skeleton } = inputs.recipe
  if (skeleton !== undefined) {
    const tree = path.join(folder, 'skeleton')
    mkdirSync(tree)
    copyTree(skeleton, tree)
    await run(skeletonCommand(), { cwd: folder, env: environment })
    rmSync(tree, { recursive: true })
  }
  await runLive(mmdebstrapCommand(inputs), { cwd: folder, env: environment })
  rmSync(path.join(folder, skeletonFile), { force: true })
}

/** Packs the skeleton so that neither the owner nor the age of its files gets in. */
export function skeletonCommand(): string[] {
  return [
    'tar',
    '--create',
    `--file=${skeletonFile}`,
    '--directory=skeleton',
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--mtime=@${environment.SOURCE_DATE_EPOCH}`,
    '.',
  ]
}

/** mmdebstrap finds by itself whether it runs as root or needs a user namespace. */
export function mmdebstrapCommand({ recipe, mirrors, snapshot }: BaseInputs): string[] {
  const { suite, sections, bootPackages, snapshot: snapshotOf } = bases[recipe.base]
  const sources = snapshot === undefined ? mirrors : snapshotOf(snapshot)
  const packages = new Set([
    ...bootPackages,
    ...recipe.packageLists.flatMap(readPackageList),
    ...(recipe.users.length > 0 ? ['passwd'] : []),
  ])
  return [
    'mmdebstrap',
    '--architectures=amd64',
    '--variant=essential',
    `--components=${sections.join(',')}`,
    `--include=${[...packages].sort().join(',')}`,
    '--format=tar',
    ...(recipe.skeleton === undefined ? [] : [`--setup-hook=tar-in ${skeletonFile} /`]),
    ...recipe.users.map((user) => `--customize-hook=chroot "$1" ${useraddCommand(user).join(' ')}`),
    // Packages make host keys when they are installed; an image must not hold any.
    '--customize-hook=rm -f "$1"/etc/ssh/ssh_host_*',
    suite,
    baseFile,
    ...sources,
  ]
}

/** Names, groups and shells are words without white space: the recipe's schema sees to that. */
export function useraddCommand({ name, groups = [], shell, system = false }: User): string[] {
  return [
    'useradd',
    ...(system ? ['--system', '--no-create-home'] : ['--create-home']),
    ...(groups.length > 0 ? [`--groups=${groups.join(',')}`] : []),
    `--shell=${shell ?? (system ? '/usr/sbin/nologin' : '/bin/bash')}`,
    name,
  ]
}
