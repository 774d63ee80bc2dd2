import { CommandError, run } from '../runtime/process.js'
import type { BaseInputs } from './base-layer.js'
import type { InstalledPackage } from './packages.js'
import type { Contents } from './installation.js'

/** Keys of the layers an image was made of. */
export interface LayerKeys {
  readonly base: string
  readonly root: string
  readonly disk: string
  readonly image: string
}

/** What an image was made from and with. Published as docs/schemas/manifest.json. */
export interface Manifest {
  readonly schema: 1
  readonly name: string
  readonly variant: string
  readonly version: string
  readonly base: string
  /** Timestamp of the package archive; null when the image was not pinned to one. */
  readonly snapshot: string | null
  readonly mirrors: readonly string[]
  readonly layers: LayerKeys
  /** SHA-256 of each program in /opt/ic/bin that was put there. */
  readonly binaries: Readonly<Record<string, string>>
  readonly packages: readonly InstalledPackage[]
  readonly image: { readonly bytes: number; readonly sha256: string }
  /** With what each layer was made, when it was made: a layer from a cache may be older than the tools of this machine. */
  readonly tools: Readonly<Record<ToolLayer, ToolVersions>>
}

/** The version of each tool, in its own words. */
export type ToolVersions = Readonly<Record<string, string>>

/** What an image by another tool was made from. Published in docs/schemas/manifest.json too. */
export interface ExternalManifest {
  readonly schema: 1
  readonly version: string
  readonly variant: string
  /** The input build-command. */
  readonly command: string
  /** What the input cache-inputs matched: mode and digest, or the target of a symbolic link, by path. */
  readonly inputs: Readonly<Record<string, string>>
  readonly image: Manifest['image']
}

export function manifest(
  inputs: BaseInputs & Pick<Contents, 'version'>,
  layers: LayerKeys,
  made: Pick<Manifest, 'binaries' | 'packages' | 'image' | 'tools'>,
): Manifest {
  const { recipe, version, snapshot, mirrors } = inputs
  return {
    schema: 1,
    name: recipe.name,
    variant: recipe.variant,
    version,
    base: recipe.base,
    snapshot: snapshot ?? null,
    mirrors,
    layers,
    ...made,
  }
}

/** The tools that write into each layer, and how each tells its version. The root is made along with the disk. */
const tools = {
  base: { mmdebstrap: '--version' },
  disk: {
    tar: '--version',
    zstd: '--version',
    mke2fs: '-V',
    'mkfs.vfat': '--help',
    debugfs: '-V',
    mcopy: '--version',
    sfdisk: '--version',
    'qemu-img': '--version',
  },
  image: { debugfs: '-V', zstd: '--version', 'qemu-img': '--version', 'qemu-io': '--version' },
} as const

export type ToolLayer = keyof typeof tools

/**
 * The version of every tool that a layer is made with.
 * @throws {Failure} missing-tool, before minutes are spent on a build that cannot end well
 */
export async function toolVersions(layer: ToolLayer): Promise<ToolVersions> {
  const versions = Object.entries(tools[layer]).map(async ([tool, option]) => [
    tool,
    await versionOf(tool, option),
  ])
  return Object.fromEntries(await Promise.all(versions)) as ToolVersions
}

async function versionOf(tool: string, option: string): Promise<string> {
  try {
    const { stdout, stderr } = await run([tool, option])
    return firstLine(stdout === '' ? stderr : stdout)
  } catch (error) {
    // Some print their help with a status other than 0.
    if (error instanceof CommandError) return firstLine(error.stdout === '' ? error.stderr : error.stdout)
    throw error
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}
