import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { group, info } from '../runtime/log.js'
import { addSummary } from '../runtime/summary.js'
import { formatDuration, formatSize } from '../runtime/units.js'
import { baseKey, makeBase, type BaseInputs } from './base-layer.js'
import { selectBinaries, type BinarySource } from './binaries.js'
import { obtain, type CacheHit, type CacheMode, type Caches } from './cache.js'
import { diskFile, diskKey, makeDisk } from './disk-layer.js'
import { fileDigest } from './digest.js'
import { sealedDigest } from './entry.js'
import { scratchFolder } from './local-cache.js'
import { manifest, toolVersions, type LayerKeys } from './manifest.js'
import { readRecipe, type Variant } from './recipe.js'
import { makeRoot, rootKey, type RootInputs } from './root-layer.js'
import { buildSummary } from './summary.js'

export interface BuildInputs {
  /** Path of recipe.yml. */
  readonly recipe: string
  readonly variant: Variant
  readonly version: string
  readonly binaries: readonly BinarySource[]
  readonly mirrors: readonly string[]
  readonly snapshot: string | undefined
  readonly cache: CacheMode
  readonly localCache: string | undefined
  /** Folder for the image and its manifest. */
  readonly output: string
}

export interface Step {
  readonly name: string
  readonly how: 'made' | 'local cache' | 'remote cache'
  readonly milliseconds: number
}

export interface BuildResult {
  /** Path of a compact, read-only qcow2 file. */
  readonly image: string
  /** `sha256:<hex>` of that file. */
  readonly imageDigest: string
  readonly bytes: number
  readonly version: string
  readonly cacheHit: CacheHit
  readonly cacheKey: string
  /** Path of the manifest. */
  readonly manifest: string
  readonly steps: readonly Step[]
}

const manifestFile = 'manifest.json'

/** Makes an image, or finds it in a cache when nothing that goes into it has changed. */
export async function build(inputs: BuildInputs): Promise<BuildResult> {
  const { cache, localCache, output, variant, version } = inputs
  const recipe = readRecipe(inputs.recipe, variant)
  mkdirSync(output, { recursive: true })
  const scratch = scratchFolder(cache === 'read-write' && localCache !== undefined ? localCache : output)
  try {
    const size = recipe.partitions.find(({ type }) => type === 'root')?.size ?? ''
    const binaries = await selectBinaries(recipe, inputs.binaries, scratch)
    const all: BaseInputs & RootInputs = { ...inputs, recipe, binaries, size }
    const keys = await layerKeys(all)
    const key = `${recipe.name}-image-${keys.disk}`
    info(`Image ${recipe.name} ${variant} ${version} from ${recipe.base}, key ${key}`)

    const caches: Caches = { mode: cache, local: localCache, scratch }
    const steps: Step[] = []
    const timed = stopwatch(steps)
    const entry = await timed('image', () =>
      obtain(key, caches, (folder) => makeImage(all, keys, caches, folder, timed)),
    )
    const name = path.join(output, `${recipe.name}-${variant}-${keys.disk.slice(0, 12)}`)
    const image = `${name}.qcow2`
    const written = `${name}.manifest.json`
    handOut(path.join(entry.folder, diskFile), image)
    handOut(path.join(entry.folder, manifestFile), written)
    const imageDigest = `sha256:${sealedDigest(entry.folder, diskFile)}`
    const bytes = statSync(image).size
    info(`${image}  ${formatSize(bytes)}  ${imageDigest}`)
    const result: BuildResult = {
      image,
      imageDigest,
      bytes,
      version,
      cacheHit: entry.hit,
      cacheKey: key,
      manifest: written,
      steps,
    }
    addSummary(buildSummary(result))
    return result
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function layerKeys(inputs: BaseInputs & RootInputs): Promise<LayerKeys> {
  const base = await baseKey(inputs)
  const root = await rootKey(base, inputs)
  return { base, root, disk: diskKey(root, inputs.recipe) }
}

async function makeImage(
  inputs: BaseInputs & RootInputs,
  keys: LayerKeys,
  caches: Caches,
  folder: string,
  timed: Stopwatch,
): Promise<void> {
  const { recipe } = inputs
  const tools = await toolVersions()
  const base = await timed('base', () =>
    obtain(`${recipe.name}-base-${keys.base}`, caches, (into) =>
      group(`mmdebstrap ${recipe.base}`, () => makeBase(inputs, into)),
    ),
  )
  const root = path.join(caches.scratch, 'root')
  mkdirSync(root)
  const packages = await timed('root', () => makeRoot(inputs, base.folder, root))
  await timed('disk', () => makeDisk(recipe, root, folder))
  const disk = path.join(folder, diskFile)
  const image = { bytes: statSync(disk).size, sha256: await fileDigest(disk) }
  const content = manifest(inputs, keys, { packages, image, tools })
  writeFileSync(path.join(folder, manifestFile), `${JSON.stringify(content, null, 2)}\n`)
}

type Stopwatch = <T>(name: string, work: () => Promise<T>) => Promise<T>

/** Times the steps of a build, says how each came about, and remembers it. */
function stopwatch(steps: Step[]): Stopwatch {
  return async (name, work) => {
    const started = performance.now()
    const result = await work()
    const milliseconds = performance.now() - started
    const how = sourceOf(result)
    steps.push({ name, how, milliseconds })
    info(`${name}: ${how}, ${formatDuration(milliseconds)}`)
    return result
  }
}

function sourceOf(result: unknown): Step['how'] {
  const hit = typeof result === 'object' && result !== null && 'hit' in result ? result.hit : 'false'
  return hit === 'local' ? 'local cache' : hit === 'remote' ? 'remote cache' : 'made'
}

/** Gives a file of an entry another name: no copy where both are on one file system, a copy-on-write one elsewhere. */
function handOut(from: string, to: string): void {
  const part = `${to}.part`
  rmSync(part, { force: true })
  try {
    linkSync(from, part)
  } catch {
    copyFileSync(from, part, constants.COPYFILE_FICLONE)
  }
  renameSync(part, to)
  // A rename between two names of one file does nothing.
  rmSync(part, { force: true })
}
