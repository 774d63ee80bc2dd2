import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { obtain, withCaches } from '../src/image/cache.js'
import { convertCommand, diskFile } from '../src/image/disk-layer.js'
import { seal } from '../src/image/entry.js'
import { openRemote } from '../src/image/remote-cache.js'
import { share, shareOver } from '../src/image/share.js'
import { run } from '../src/runtime/process.js'
import { startResultsService } from '../tools/local-runner/results-service/server.js'
import type { Bench, Benchmark, Row } from './benchmark.js'
import { alternately } from './pairs.js'
import { median } from '../src/stats/sample.js'
import { makeSparseDisk } from './sparse-disk.js'

const rounds = 3
const data = 600 * 2 ** 20

/** One round's own key: the service takes each only once. */
type Round = (key: string) => Promise<number>

async function measure({ folder, say }: Bench): Promise<readonly Row[]> {
  const raw = path.join(folder, 'disk.img')
  makeSparseDisk(raw, 4 * 2 ** 30, data)
  const service = await startResultsService({
    cache: path.join(folder, 'cache'),
    artifacts: path.join(folder, 'artifacts'),
  })
  const before = { ...process.env }
  Object.assign(process.env, {
    ACTIONS_RESULTS_URL: service.url,
    ACTIONS_RUNTIME_TOKEN: service.token({ run: '1', job: '1' }),
    ACTIONS_CACHE_SERVICE_V2: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
  })
  try {
    return await compare(await prepareOurs(raw, folder), plain(raw, folder), say)
  } finally {
    process.env = before
    await service.close()
  }
}

interface Side {
  readonly save: Round
  readonly restore: Round
}

interface Ours extends Side {
  readonly hit: Round
  readonly onDisk: () => number
}

async function compare(own: Ours, reference: Side, say: Bench['say']): Promise<Row[]> {
  let number = 0
  const fresh = (round: Round, side: string) => () => round(`${side}-${(number += 1)}`)
  const save = await alternately(
    { ours: fresh(own.save, 'ours'), reference: fresh(reference.save, 'plain') },
    rounds,
    { name: 'image-cache: save', unit: 's', goal: 0.4 },
    say,
  )
  const key = await saved(own.save, 'ours-restored')
  const plainKey = await saved(reference.save, 'plain-restored')
  const restore = await alternately(
    { ours: () => own.restore(key), reference: () => reference.restore(plainKey) },
    rounds,
    { name: 'image-cache: restore', unit: 's', goal: 0.1 },
    say,
  )
  const hits = []
  for (let round = 0; round < rounds; round += 1) hits.push(await own.hit(key))
  const hit = median(hits)
  const onDisk = own.onDisk() / 2 ** 20
  return [
    save,
    restore,
    {
      ...{ name: 'image-cache: local hit', unit: 's', goal: 0.01 },
      ...{ ours: hit, reference: restore.reference, ratio: hit / restore.reference },
    },
    {
      ...{ name: 'image-cache: on disk', unit: 'MiB', goal: 1.05 },
      ...{ ours: onDisk, reference: data / 2 ** 20, ratio: (onDisk * 2 ** 20) / data },
    },
  ]
}

async function saved(save: Round, key: string): Promise<string> {
  await save(key)
  return key
}

/** What the build action does with an image, which is compact from the moment it is made. */
async function prepareOurs(raw: string, folder: string): Promise<Ours> {
  const [store, output, made] = ['store', 'output', 'made'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(made)
  await run(convertCommand(raw, path.join(made, diskFile)))
  const get = async (key: string, expected: string): Promise<number> => {
    const started = performance.now()
    mkdirSync(output, { recursive: true })
    const inputs = { cache: 'read-write', localCache: store, localCacheSize: 2 ** 40, output } as const
    await withCaches(inputs, async (caches) => {
      const entry = await obtain(key, caches, () => Promise.reject(new Error(`${key} was not restored`)))
      if (entry.hit !== expected) throw new Error(`hit ${entry.hit} where ${expected} was to be measured`)
      shareOver(path.join(entry.folder, diskFile), path.join(output, diskFile))
    })
    return (performance.now() - started) / 1000
  }
  return {
    save: async (key) => {
      const entry = mkdtempSync(path.join(folder, 'entry-'))
      share(path.join(made, diskFile), path.join(entry, diskFile))
      await seal(entry, key)
      const remote = openRemote(folder)
      remote?.saveLater(key, entry)
      const started = performance.now()
      await remote?.saveAll()
      return (performance.now() - started) / 1000
    },
    restore: (key) => {
      rmSync(store, { recursive: true, force: true })
      rmSync(output, { recursive: true, force: true })
      return get(key, 'remote')
    },
    hit: (key) => get(key, 'local'),
    onDisk: () => allocated(store),
  }
}

/** actions/cache as a workflow uses it, on the raw file, in a process of its own as ours. */
function plain(raw: string, folder: string): Side {
  const client = path.join(import.meta.dirname, 'plain-cache.mjs')
  const at = async (workspace: string, ...args: string[]): Promise<number> => {
    const started = performance.now()
    const env = { GITHUB_WORKSPACE: workspace, RUNNER_TEMP: workspace }
    const { stdout } = await run([process.execPath, client, ...args], { cwd: workspace, env })
    if (/^::(?:warning|error)/m.test(stdout)) throw new Error(stdout)
    const seconds = (performance.now() - started) / 1000
    rmSync(workspace, { recursive: true })
    return seconds
  }
  const workspace = (): string => mkdtempSync(path.join(folder, 'plain-'))
  return {
    save: async (key) => {
      const from = workspace()
      mkdirSync(path.join(from, 'entry'))
      linkSync(raw, path.join(from, 'entry/disk.img'))
      return at(from, 'save', key)
    },
    restore: (key) => at(workspace(), 'restore', key),
  }
}

/** Bytes that the files below a folder take on disk. */
function allocated(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .reduce((sum, item) => sum + statSync(path.join(item.parentPath, item.name)).blocks * 512, 0)
}

export const imageCache: Benchmark = {
  name: 'image-cache',
  about: 'a 4 GiB sparse image with 600 MB of data, ours against plain actions/cache on the raw file',
  run: measure,
}
