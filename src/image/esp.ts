import { mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run } from '../runtime/process.js'
import { valueDigest } from './digest.js'
import { environment, epoch } from './reproducible.js'

/** A file for the ESP. */
export interface EspFile {
  /** With slashes, from the top of the ESP. */
  readonly path: string
  /** Where its bytes are now. */
  readonly source: string
}

/** systemd-boot starts the newest entry at once and lets nobody edit it. Source: loader.conf(5) */
export const loaderConf = 'timeout 0\neditor no\nconsole-mode keep\n'

/** What a boot loader entry says. */
export interface BootEntry {
  readonly name: string
  /** Counts up with every installation: the highest is started first. */
  readonly generation: number
  readonly slot: 'A' | 'B'
  readonly options: readonly string[]
}

/**
 * guestos-slot writes the same for an update. Entries are compared by `version` only where they have a `sort-key`.
 * Source: https://uapi-group.org/specifications/specs/boot_loader_specification/ (type #1)
 */
export function bootEntry({ name, generation, slot, options }: BootEntry): string {
  const folder = slot.toLowerCase()
  return [
    `title ${name} ${slot}`,
    `sort-key ${name}`,
    `version ${generation}`,
    `linux /${folder}/linux`,
    `initrd /${folder}/initrd`,
    `options root=PARTLABEL=${slot}_root ${options.join(' ')}`,
    '',
  ].join('\n')
}

/** Makes a FAT32 file system of `bytes` that holds `files`, without mounting it. */
export async function makeEsp(
  image: string,
  bytes: number,
  name: string,
  files: readonly EspFile[],
): Promise<void> {
  writeFileSync(image, '')
  truncateSync(image, bytes)
  await run(mkfsCommand(image, name), { env: environment })
  // mcopy takes a directory's files in the order it finds them, so each goes by its own command, in ours.
  for (const folder of folders(files)) await run(['mmd', '-i', image, `::/${folder}`], { env: environment })
  for (const file of files) {
    utimesSync(file.source, epoch, epoch)
    await run(copyCommand(image, file), { env: environment })
  }
}

export function mkfsCommand(image: string, name: string): string[] {
  const serial = valueDigest(`${name} esp`).slice(0, 8)
  return ['mkfs.vfat', '--invariant', '-F', '32', '-n', 'ESP', '-i', serial, image]
}

/** `-m` keeps the time of the file. */
export function copyCommand(image: string, { path: to, source }: EspFile): string[] {
  return ['mcopy', '-m', '-i', image, source, `::/${to}`]
}

/** Every folder above the files, outer ones first. */
export function folders(files: readonly EspFile[]): string[] {
  const all = files.flatMap(({ path: file }) => {
    const parts = file.split('/').slice(0, -1)
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  })
  return [...new Set(all)].sort()
}

/** Writes a small text where the ESP can take it from. */
export function staged(folder: string, to: string, text: string): EspFile {
  const source = path.join(folder, to.replaceAll('/', '-'))
  mkdirSync(folder, { recursive: true })
  writeFileSync(source, text)
  return { path: to, source }
}
