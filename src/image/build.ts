import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { group, info } from '../runtime/log.js'
import { addSummary } from '../runtime/summary.js'
import { formatDuration, formatSize } from '../runtime/units.js'
import { baseKey, makeBase, type BaseInputs } from './base-layer.js'
import { selectBinaries, type BinarySource } from './binaries.js'
import { obtain, withCaches, type CacheHit, type CacheInputs, type Caches } from './cache.js'
import { diskFile, diskKey, makeDisk } from './disk-layer.js'
import { fileDigest } from './digest.js'
import { sealedDigest } from './entry.js'
import { planExternal, type ExternalBuild } from './external.js'
import { imageKey, makeImage, type ImageInputs } from './image-layer.js'
import { readJson, writeJson } from './json.js'
import { manifest, toolVersions, type LayerKeys, type Manifest } from './manifest.js'
import { requireNamespaces } from './namespaces.js'
import { readRecipe, type Variant } from './recipe.js'
import { makeRoot, packagesOf, rootKey } from './root-layer.js'
import { sbom } from './sbom.js'
import { shareOver } from './share.js'
import { buildSummary } from './summary.js'
import { updateFile } from './update-image.js'

export interface BuildInputs extends CacheInputs {
  /** Path of recipe.yml. */
  readonly recipe: string
  readonly variant: Variant
  /** Package lists besides the recipe's own. */
  readonly packages: readonly string[]
  readonly version: string
  readonly binaries: readonly BinarySource[]
  readonly mirrors: readonly string[]
  readonly snapshot: string | undefined
  /** Takes the place of the recipe. */
  readonly external: ExternalBuild | undefined
  /** Make an update image as well. */
  readonly updateImage: boolean
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
  /** Path of the update image, where one was asked for. */
  readonly updateImage: string | undefined
  readonly version: string
  readonly cacheHit: CacheHit
  readonly cacheKey: string
  /** Path of the manifest. */
  readonly manifest: string
  /** Path of the software bill of materials; undefined for an external build, whose packages nobody told us. */
  readonly sbom: string | undefined
  readonly steps: readonly Step[]
}

/** An image to be: what it is called, its key, and how to make the files of its entry. */
export interface Plan {
  readonly name: string
  readonly key: string
  readonly make: (folder: string, timed: Stopwatch) => Promise<void>
}

const manifestFile = 'manifest.json'
const sbomFile = 'sbom.cdx.json'
/** In the base and the disk layer: what of the manifest's `tools` is known by then. */
const toolsFile = 'tools.json'

/** Makes an image, or finds it in a cache when nothing that goes into it has changed. */
export async function build(inputs: BuildInputs): Promise<BuildResult> {
  const { output, version, external } = inputs
  mkdirSync(output, { recursive: true })
  return withCaches(inputs, async (caches) => {
    const plan =
      external === undefined ? await planRecipe(inputs, caches) : await planExternal(external, inputs, caches)
    info(`Image ${plan.name} ${version}, key ${plan.key}`)

    const steps: Step[] = []
    const timed = stopwatch(steps)
    const entry = await timed('image', () => obtain(plan.key, caches, (folder) => plan.make(folder, timed)))
    const inFolder = (file: string): boolean => existsSync(path.join(entry.folder, file))
    const handOut = (file: string, ending: string): string => {
      const to = path.join(output, `${plan.name}.${ending}`)
      shareOver(path.join(entry.folder, file), to)
      return to
    }
    const image = handOut(diskFile, 'qcow2')
    const imageDigest = `sha256:${sealedDigest(entry.folder, diskFile)}`
    const bytes = statSync(image).size
    info(`${image}  ${formatSize(bytes)}  ${imageDigest}`)
    const result: BuildResult = {
      image,
      imageDigest,
      bytes,
      updateImage: inFolder(updateFile) ? handOut(updateFile, updateFile) : undefined,
      version,
      cacheHit: entry.hit,
      cacheKey: plan.key,
      manifest: handOut(manifestFile, manifestFile),
      sbom: inFolder(sbomFile) ? handOut(sbomFile, sbomFile) : undefined,
      steps,
    }
    addSummary(buildSummary(result))
    return result
  })
}

async function planRecipe(inputs: BuildInputs, caches: Caches): Promise<Plan> {
  const written = readRecipe(inputs.recipe, inputs.variant)
  const recipe = { ...written, packageLists: [...written.packageLists, ...inputs.packages] }
  const binaries = await selectBinaries(recipe, inputs.binaries, caches)
  const all: BaseInputs & ImageInputs = { ...inputs, recipe, binaries }
  const keys = await layerKeys(all)
  return {
    name: `${recipe.name}-${inputs.variant}-${keys.image.slice(0, 12)}`,
    key: `${recipe.name}-image-${keys.image}`,
    make: (folder, timed) => makeLayers(all, keys, caches, folder, timed),
  }
}

async function layerKeys(inputs: BaseInputs & ImageInputs): Promise<LayerKeys> {
  const base = await baseKey(inputs)
  const root = await rootKey(base, inputs.recipe)
  const disk = diskKey(root, inputs.recipe)
  return { base, root, disk, image: imageKey(disk, inputs) }
}

async function makeLayers(
  inputs: BaseInputs & ImageInputs,
  keys: LayerKeys,
  caches: Caches,
  folder: string,
  timed: Stopwatch,
): Promise<void> {
  const { recipe } = inputs
  const imageTools = await toolVersions('image')
  const disk = await timed('disk', () =>
    obtain(`${recipe.name}-disk-${keys.disk}`, caches, async (diskFolder) => {
      const diskTools = await toolVersions('disk')
      const base = await timed('base', () =>
        obtain(`${recipe.name}-base-${keys.base}`, caches, (into) =>
          group(`mmdebstrap ${recipe.base}`, async () => {
            await requireNamespaces()
            const baseTools = await toolVersions('base')
            await makeBase(inputs, into)
            writeJson(path.join(into, toolsFile), { base: baseTools })
          }),
        ),
      )
      const root = path.join(caches.scratch, 'root')
      mkdirSync(root)
      await timed('root', () => makeRoot(recipe, base.folder, root))
      await makeDisk(recipe, root, diskFolder)
      writeJson(path.join(diskFolder, toolsFile), { ...toolsIn(base.folder), disk: diskTools })
      rmSync(root, { recursive: true })
    }),
  )
  const binaries = await timed('installation', () => makeImage(inputs, disk.folder, folder))
  const packages = packagesOf(disk.folder)
  const file = path.join(folder, diskFile)
  const image = { bytes: statSync(file).size, sha256: await fileDigest(file) }
  const tools = { ...toolsIn(disk.folder), image: imageTools } as Manifest['tools']
  const content = manifest(inputs, keys, { binaries, packages, image, tools })
  writeJson(path.join(folder, manifestFile), content)
  writeJson(path.join(folder, sbomFile), sbom(content))
}

function toolsIn(layer: string): Partial<Manifest['tools']> {
  return readJson(path.join(layer, toolsFile)) as Partial<Manifest['tools']>
}

export type Stopwatch = <T>(name: string, work: () => Promise<T>) => Promise<T>

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
