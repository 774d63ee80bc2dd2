import { describe, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  linkSync,
  readFileSync,
  statSync,
  mkdirSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { seal, sealedDigest } from '../../../src/image/entry.js'
import { lockFolder, lockName, tryLockFolder } from '../../../src/image/lock.js'
import { privateFolder } from '../../../src/image/private-folder.js'
import { keep, type Store, take, touch } from '../../../src/image/store.js'
import { sampleStore, scratch, write } from './sample-recipe.js'

const kilobytes = 64

/** Puts an entry with a content of its own into the store, as last used `age` seconds ago. */
async function put(store: Store, key: string, age: number): Promise<string> {
  const folder = write(scratch(), { disk: key.repeat((kilobytes * 1024) / key.length) })
  await seal(folder, key)
  await keep(store, key, folder)
  const content = path.join(store.folder, 'files', sealedDigest(folder, 'disk'))
  rmSync(folder, { recursive: true })
  const used = Date.now() / 1000 - age
  utimesSync(path.join(store.folder, 'entries', `${key}.json`), used, used)
  return content
}
const contents = (store: Store): string[] => readdirSync(path.join(store.folder, 'files'))
const keys = (store: Store): string[] =>
  readdirSync(path.join(store.folder, 'entries'))
    .map((name) => path.basename(name, '.json'))
    .sort()

describe('a store that is full', () => {
  const roomForTwo = 2.5 * kilobytes * 1024

  test('loses what has not been used for longest', async () => {
    const store = sampleStore(roomForTwo)
    await put(store, 'aaaa', 30)
    await put(store, 'bbbb', 20)
    touch(store, 'aaaa')
    await put(store, 'cccc', 10)
    expect(keys(store)).toEqual(['aaaa', 'cccc'])
    expect(contents(store)).toHaveLength(2)
  })

  test('keeps what is in use, and what was put there last', async () => {
    const store = sampleStore(1)
    const used = await put(store, 'aaaa', 30)
    linkSync(used, path.join(store.folder, 'image-of-a-vm'))
    await put(store, 'bbbb', 20)
    await put(store, 'cccc', 10)
    expect(keys(store)).toEqual(['aaaa', 'cccc'])
    rmSync(path.join(store.folder, 'image-of-a-vm'))
    await put(store, 'dddd', 0)
    expect(keys(store)).toEqual(['dddd'])
  })

  test('keeps a content for as long as an entry has it', async () => {
    const store = sampleStore(1.5 * kilobytes * 1024)
    await put(store, 'aaaa', 30)
    const same = write(scratch(), { disk: 'aaaa'.repeat((kilobytes * 1024) / 4) })
    await seal(same, 'twin')
    await keep(store, 'twin', same)
    await put(store, 'bbbb', 20)
    expect(await take(store, 'twin', scratch())).toHaveProperty('folder')
    rmSync(same, { recursive: true })
  })

  test('is rid of what belongs to no entry', async () => {
    const store = sampleStore()
    writeFileSync(path.join(store.folder, 'files', 'a'.repeat(64)), 'left by a killed process')
    writeFileSync(path.join(store.folder, 'entries', 'broken.json'), '{')
    await put(store, 'aaaa', 0)
    expect([keys(store), contents(store).length]).toEqual([['aaaa'], 1])
  })
})

describe('a content', () => {
  test('is read again when it has been written to, by whatever name, and only then', async () => {
    const store = sampleStore()
    const file = await put(store, 'aaaa', 0)
    const image = path.join(scratch(), 'image')
    linkSync(file, image)
    const before = statSync(file).atimeMs
    expect(await take(store, 'aaaa', scratch())).toHaveProperty('folder')
    expect(statSync(file).atimeMs).toBe(before)

    chmodSync(image, 0o644)
    writeFileSync(image, readFileSync(image))
    expect(await take(store, 'aaaa', scratch())).toHaveProperty('folder')
    expect(statSync(file).mtimeMs).toBe(before)

    writeFileSync(image, readFileSync(image).fill('b', 0, 1))
    expect(await take(store, 'aaaa', scratch())).toEqual({ flaw: 'disk has the wrong digest' })
  })
})

describe('a lock', () => {
  test('of a folder is had by one at a time', async () => {
    const folder = scratch()
    const lock = await lockFolder(folder)
    expect(await tryLockFolder(folder)).toBeUndefined()
    lock.release()
    ;(await tryLockFolder(folder))?.release()
  })

  test('of a name leaves nothing behind, and passes on to whoever waits', async () => {
    const file = path.join(scratch(), 'key')
    let waits = 0
    const first = await lockName(file, () => undefined)
    const second = lockName(file, () => (waits += 1))
    while (waits === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    first.release()
    ;(await second).release()
    expect([waits, existsSync(file)]).toEqual([1, false])
  })

  test('ends with its process', async () => {
    const folder = scratch()
    const holder = spawn('flock', ['--exclusive', '--no-fork', folder, 'sleep', '60'])
    while ((await tryLockFolder(folder).then((lock) => lock?.release() ?? 'held')) !== 'held');
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    ;(await lockFolder(folder)).release()
  })
})

test('private folders of processes that have ended are removed, those of living ones are not', async () => {
  const parent = scratch()
  mkdirSync(path.join(parent, '.new-left'))
  const living = await privateFolder(parent)
  const other = await privateFolder(parent)
  expect(readdirSync(parent).sort()).toEqual(
    [living.folder, other.folder].map((name) => path.basename(name)).sort(),
  )
  living.remove()
  other.remove()
  expect(readdirSync(parent)).toEqual([])
})
