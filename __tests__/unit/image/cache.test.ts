import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { obtain, withCaches, type Caches } from '../../../src/image/cache.js'
import { entryFile, seal } from '../../../src/image/entry.js'
import type { Store } from '../../../src/image/store.js'
import { sample } from '../../fixtures/corruption.js'
import { count } from '../../fixtures/soak.js'
import { noCaches, sampleStore, scratch, write } from './sample-recipe.js'

const key = 'sample-image-1'
let store: Store
let made: number

function make(folder: string): Promise<void> {
  made += 1
  write(folder, { 'disk.qcow2': 'image', 'manifest.json': '{}' })
  return Promise.resolve()
}

/** How the entry came about and what is in it. */
async function get(change: Partial<Caches> = {}): Promise<[string, string]> {
  const { folder, hit } = await obtain(key, noCaches({ store, ...change }), make)
  return [hit, readFileSync(path.join(folder, 'disk.qcow2'), 'utf8')]
}

const index = (): string => path.join(store.folder, 'entries', `${key}.json`)

/** Where the store keeps what begins with `text`. */
function content(text: string): string {
  const files = path.join(store.folder, 'files')
  const name = readdirSync(files).find((file) => readFileSync(path.join(files, file), 'utf8') === text)
  if (name === undefined) throw new Error(`${text} is not in the store`)
  return path.join(files, name)
}

function damage(file: string, text: string): void {
  chmodSync(file, 0o644)
  writeFileSync(file, text)
}

beforeEach(() => {
  store = sampleStore()
  made = 0
})

describe('the local cache', () => {
  test('gives what was made before, read-only', async () => {
    expect(await get()).toEqual(['false', 'image'])
    expect(await get()).toEqual(['local', 'image'])
    expect(made).toBe(1)
    expect(statSync(content('image')).mode & 0o777).toBe(0o444)
  })

  test('keeps what two entries share once, and gives it without a copy', async () => {
    await get()
    const { folder } = await obtain('sample-image-2', noCaches({ store }), make)
    expect(readdirSync(path.join(store.folder, 'files'))).toHaveLength(2)
    expect(statSync(path.join(folder, 'disk.qcow2')).ino).toBe(statSync(content('image')).ino)
  })

  test.each<[string, () => void]>([
    [
      'other bytes',
      () => {
        damage(content('image'), 'imagE')
      },
    ],
    [
      'a truncated file',
      () => {
        damage(content('image'), 'imag')
      },
    ],
    [
      'a missing file',
      () => {
        rmSync(content('{}'))
      },
    ],
    [
      'no index',
      () => {
        rmSync(index())
      },
    ],
    [
      'an empty index',
      () => {
        writeFileSync(index(), '')
      },
    ],
    [
      'null for an index',
      () => {
        writeFileSync(index(), 'null')
      },
    ],
    [
      'null for a file',
      () => {
        writeFileSync(index(), `{"schema":1,"key":"${key}","files":{"a":null}}`)
      },
    ],
    [
      'another key in its index',
      () => {
        writeFileSync(index(), readFileSync(index(), 'utf8').replace(key, 'other'))
      },
    ],
  ])('with %s has the image made anew', async (_what, harm) => {
    await get()
    harm()
    expect(await get()).toEqual(['false', 'image'])
    expect(await get()).toEqual(['local', 'image'])
    expect(made).toBe(2)
  })

  test('is not written to when it may only be read', async () => {
    await get({ mode: 'read-only' })
    expect(readdirSync(path.join(store.folder, 'files'))).toEqual([])
    await get()
    expect(await get({ mode: 'read-only' })).toEqual(['local', 'image'])
  })

  test('is neither read nor written to when it is off', async () => {
    await get()
    expect(await get({ mode: 'off' })).toEqual(['false', 'image'])
    expect(made).toBe(2)
  })

  test('that cannot be used is done without', async () => {
    const output = scratch()
    const file = path.join(write(scratch(), { file: '' }), 'file')
    const inputs = { cache: 'read-write', localCache: file, localCacheSize: 1, output } as const
    expect((await withCaches(inputs, (caches) => obtain(key, caches, make))).hit).toBe('false')
    expect(readdirSync(output)).toEqual([])
  })
})

describe('an entry from the cache service', () => {
  /** A service that gives `entry`, as it is then, to everybody. */
  async function remoteOf(entry: string): Promise<NonNullable<Caches['remote']>> {
    const sealed = scratch()
    await make(sealed)
    await seal(sealed, key)
    cpSync(sealed, entry, { recursive: true })
    made = 0
    return {
      restore: () => {
        const folder = mkdtempSync(path.join(scratch(), 'restored-'))
        cpSync(entry, folder, { recursive: true })
        return Promise.resolve(folder)
      },
      saveLater: () => undefined,
      saveAll: () => Promise.resolve(),
    }
  }

  test('is kept by a runner that has not seen it', async () => {
    const remote = await remoteOf(scratch())
    expect(await get({ remote })).toEqual(['remote', 'image'])
    expect(await get({ remote })).toEqual(['local', 'image'])
    expect(await get({ remote, store: undefined })).toEqual(['remote', 'image'])
    expect(made).toBe(0)
  })

  test('that was corrupted in any of many ways is never accepted, and always made anew', async () => {
    const entry = path.join(scratch(), 'entry')
    const remote = await remoteOf(entry)
    const whole = path.join(scratch(), 'whole')
    cpSync(entry, whole, { recursive: true })
    const accepted: string[] = []
    for (const { what, corrupt } of sample(count(90, 1000), readdirSync(whole), entryFile)) {
      rmSync(entry, { recursive: true })
      cpSync(whole, entry, { recursive: true })
      corrupt(entry)
      made = 0
      const [hit, text] = await get({ remote, store: undefined, scratch: scratch() })
      if (hit !== 'false' || text !== 'image' || made !== 1) accepted.push(what)
    }
    expect(accepted).toEqual([])
  })
})
