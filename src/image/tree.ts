import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { UserError } from '../runtime/errors.js'
import { fileDigest, valueDigest } from './digest.js'

/** A file or symbolic link below a folder. Git keeps nothing of a mode but the executable bit, so neither do we. */
export type TreeEntry =
  | { readonly path: string; readonly kind: 'file'; readonly mode: 0o755 | 0o644 }
  | { readonly path: string; readonly kind: 'link'; readonly target: string }

/** All files and links below a folder, by path. */
export function listTree(folder: string): TreeEntry[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((item): TreeEntry[] => {
    const absolute = path.join(item.parentPath, item.name)
    const relative = path.relative(folder, absolute)
    if (item.isDirectory()) return []
    if (item.isSymbolicLink()) return [{ path: relative, kind: 'link', target: readlinkSync(absolute) }]
    if (!item.isFile()) throw new UserError(`${absolute} is neither a file nor a symbolic link`)
    const executable = (lstatSync(absolute).mode & 0o100) !== 0
    return [{ path: relative, kind: 'file', mode: executable ? 0o755 : 0o644 }]
  })
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** A digest over the paths, modes, link targets and bytes below a folder, in hex. */
export async function treeDigest(folder: string): Promise<string> {
  const parts = []
  for (const entry of listTree(folder)) {
    const content = entry.kind === 'file' ? await fileDigest(path.join(folder, entry.path)) : entry.target
    parts.push([entry.path, entry.kind, entry.kind === 'file' ? entry.mode : 0, content])
  }
  return valueDigest(parts)
}

/**
 * Copies what is below `source` into the tree `target`, file by file, over what is there.
 * @throws {UserError} when the way leads over a symbolic link, which could point out of the tree
 */
export function copyTree(source: string, target: string): void {
  for (const entry of listTree(source)) {
    const to = placeIn(target, entry.path)
    if (entry.kind === 'link') symlinkSync(entry.target, to)
    else copyFile(path.join(source, entry.path), to, entry.mode)
  }
}

/** Copies one file to the path `relative` of the tree, as `copyTree` does. */
export function copyInto(tree: string, relative: string, source: string, mode: number): void {
  copyFile(source, placeIn(tree, relative), mode)
}

/** Makes a symbolic link at the path `relative` of the tree, in place of what is there. */
export function linkInto(tree: string, relative: string, target: string): void {
  symlinkSync(target, placeIn(tree, relative))
}

/** Makes the folder `relative` of the tree, and those above it, where they are not there. */
export function folderIn(tree: string, relative: string): void {
  placeIn(tree, path.join(relative, 'content'))
}

/** A free place at `relative` below `tree`: the folders above it made, what was there removed. */
export function placeIn(tree: string, relative: string): string {
  let folder = tree
  for (const part of path.dirname(relative).split(path.sep)) {
    folder = path.join(folder, part)
    const status = lstatSync(folder, { throwIfNoEntry: false })
    if (status === undefined) {
      mkdirSync(folder)
      chmodSync(folder, 0o755)
    } else if (!status.isDirectory()) {
      const inside = path.relative(tree, folder)
      throw new UserError(`/${relative} cannot be put into the image: /${inside} is not a folder there`)
    }
  }
  const place = path.join(tree, relative)
  if (lstatSync(place, { throwIfNoEntry: false }) !== undefined) takeOut(tree, relative)
  return place
}

/** Where what was taken out of a tree is, until the tree itself goes. */
export const removedFrom = (tree: string): string => `${tree}.removed`

/**
 * Takes a file or a link, or a folder with all in it, out of a tree, and keeps it. fakeroot knows files by their inodes:
 * a new file that got a freed one would have the owner and the kind of the old.
 */
export function takeOut(tree: string, relative: string): void {
  mkdirSync(removedFrom(tree), { recursive: true })
  const folder = mkdtempSync(path.join(removedFrom(tree), '-'))
  renameSync(path.join(tree, relative), path.join(folder, path.basename(relative)))
}

function copyFile(from: string, to: string, mode: number): void {
  copyFileSync(from, to)
  chmodSync(to, mode)
}
