import { lstatSync, readlinkSync, statSync } from 'node:fs'
import path from 'node:path'
import { create } from '@actions/glob'
import { InputError } from '../runtime/errors.js'
import { group } from '../runtime/log.js'
import { runLive } from '../runtime/process.js'
import type { Plan } from './build.js'
import type { Caches } from './cache.js'
import { fileDigest, valueDigest } from './digest.js'
import { diskFile } from './disk-layer.js'
import { normalise } from './external-image.js'
import { writeJson } from './json.js'
import type { ExternalManifest } from './manifest.js'

/** Raised when the code below makes something else from the same inputs. */
const version = 1

/** A build by another tool, such as Bazel, mkosi, Packer or make. */
export interface ExternalBuild {
  /** Shell text. */
  readonly command: string
  /** Path of what the command makes: a raw or qcow2 image, or a tar archive that holds disk.img. */
  readonly image: string
  /** Glob patterns of all that the command reads. */
  readonly inputs: readonly string[]
}

/** What of the other inputs the command is told, in its environment. */
interface Told {
  readonly version: string
  readonly variant: string
}

/** @throws {InputError} for a pattern that matches no file */
export async function planExternal(external: ExternalBuild, told: Told, caches: Caches): Promise<Plan> {
  const inputs = await inputFiles(external.inputs)
  const { version: imageVersion, variant } = told
  const key = valueDigest({ version, imageVersion, variant, command: external.command, inputs })
  return {
    name: `external-${variant}-${key.slice(0, 12)}`,
    key: `external-image-${key}`,
    make: async (folder, timed) => {
      await timed('build-command', () =>
        group('build-command', () => runLive(shellCommand(external.command), { env: environment(told) })),
      )
      const disk = path.join(folder, diskFile)
      await timed('disk', () => normalise(external.image, disk, caches.scratch))
      const manifest: ExternalManifest = {
        schema: 1,
        version: imageVersion,
        variant,
        command: external.command,
        inputs,
        image: { bytes: statSync(disk).size, sha256: await fileDigest(disk) },
      }
      writeJson(path.join(folder, 'manifest.json'), manifest)
    },
  }
}

/** As the runner starts a `run:` step with `shell: bash`. */
export function shellCommand(command: string): string[] {
  return ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', command]
}

/** The token of the job's services is no business of a build's: a `run:` step has none either. */
function environment({ version: imageVersion, variant }: Told): Record<string, string> {
  return { IMAGE_VERSION: imageVersion, IMAGE_VARIANT: variant, ACTIONS_RUNTIME_TOKEN: '' }
}

/** What each matched file is: mode and SHA-256, or the target of a symbolic link; by path from the working directory. */
async function inputFiles(patterns: readonly string[]): Promise<Record<string, string>> {
  const matched = async (lines: readonly string[]): Promise<string[]> => {
    const globber = await create(lines.join('\n'), { followSymbolicLinks: false })
    return (await globber.glob()).filter((file) => !lstatSync(file).isDirectory())
  }
  for (const pattern of patterns.filter((line) => !line.startsWith('!'))) {
    if ((await matched([pattern])).length === 0) {
      throw new InputError('cache-inputs', pattern, 'patterns that match files')
    }
  }
  const files = (await matched(patterns)).sort()
  if (files.length === 0)
    throw new InputError('cache-inputs', patterns.join(' '), 'patterns that match files')
  const described: Record<string, string> = {}
  for (const file of files) {
    const status = lstatSync(file)
    if (!status.isFile() && !status.isSymbolicLink()) {
      throw new InputError('cache-inputs', file, 'patterns that match files, not sockets or devices')
    }
    const executable = (status.mode & 0o100) !== 0 ? '0755' : '0644'
    described[path.relative('', file)] = status.isSymbolicLink()
      ? `link ${readlinkSync(file)}`
      : `${executable} sha256:${await fileDigest(file)}`
  }
  return described
}
