import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../runtime/errors.js'
import { CommandError, run } from '../runtime/process.js'
import { fileDigest } from './digest.js'
import { edit } from './file-system.js'
import { binariesFolder, rootFiles, shareFolder } from './root-layer.js'

/** A program for /opt/ic/bin. */
export interface Binary {
  readonly name: string
  /** SHA-256, hex, of all that decides on its bytes; goes into the key. */
  readonly digest: string
  /** SHA-256, hex, of the file itself where that is known before it is fetched. */
  readonly content: string | undefined
  /** The file's path; a binary by URL is fetched only when it is asked for. */
  readonly fetch: () => Promise<string>
}

/** What is put into a finished root file system. */
export interface Contents {
  readonly binaries: readonly Binary[]
  readonly version: string
}

interface InstalledFile {
  /** Absolute in the guest. */
  readonly path: string
  readonly mode: '0100755' | '0100644'
  /** On the host. */
  readonly source: string
}

/**
 * Puts binaries and version into a root file system in place: another binary takes a fraction of a second, where making
 * the file system anew takes many.
 * @param fileSystem its metadata is enough
 * @param folder with the os-release of the root layer
 * @param scratch an existing folder
 * @returns SHA-256 of each binary in there, hex, by its name
 * @throws {UserError} when there is a file already or no room, or a binary is not in there byte for byte
 */
export async function install(
  { binaries, version }: Contents,
  fileSystem: string,
  folder: string,
  scratch: string,
): Promise<Record<string, string>> {
  const stage = path.join(scratch, 'install')
  mkdirSync(stage)
  const release = readFileSync(path.join(folder, rootFiles.osRelease), 'utf8')
  const text = (name: string, content: string): string => {
    writeFileSync(path.join(stage, name), content)
    return path.join(stage, name)
  }
  const files: InstalledFile[] = [
    {
      path: '/usr/lib/os-release',
      mode: '0100644',
      source: text('os-release', `${release}IMAGE_VERSION="${version}"\n`),
    },
    { path: `/${shareFolder}/version.txt`, mode: '0100644', source: text('version.txt', `${version}\n`) },
  ]
  for (const { name, fetch } of binaries) {
    files.push({ path: `/${binariesFolder}/${name}`, mode: '0100755', source: path.resolve(await fetch()) })
  }
  // A request consists of words: a path of the host may hold white space, the name of a link to it does not.
  const requests = files.flatMap((file, index) => {
    symlinkSync(file.source, path.join(stage, `source-${index}`))
    return writeRequests({ ...file, source: `source-${index}` })
  })
  try {
    await edit(fileSystem, requests, stage)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    if (error.stderr.includes('file already exists')) {
      const names = binaries.map(({ name }) => name).join(', ')
      throw new UserError(
        `A component brings a file of ${binariesFolder} that is a binary too, one of: ${names}`,
      )
    }
    if (!error.stderr.includes('allocate block')) throw error
    throw new UserError(
      'The binaries do not fit into the root partition: give it a larger size in the recipe',
    )
  }
  const digests: Record<string, string> = {}
  for (const { name, content, fetch } of binaries) {
    await run(['debugfs', '-R', `dump /${binariesFolder}/${name} copy`, fileSystem], { cwd: stage })
    const digest = await fileDigest(path.join(stage, 'copy'))
    if (digest !== (content ?? (await fileDigest(await fetch())))) {
      throw new UserError(`${name} changed while it was put into the image`)
    }
    digests[name] = digest
  }
  rmSync(stage, { recursive: true })
  return digests
}

/** The requests by which debugfs writes a file. */
export function writeRequests({ path: to, mode, source }: InstalledFile): string[] {
  return [
    `cd ${path.posix.dirname(to)}`,
    `write ${source} ${path.posix.basename(to)}`,
    `sif ${to} mode ${mode}`,
  ]
}
