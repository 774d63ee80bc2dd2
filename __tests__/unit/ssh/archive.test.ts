import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { type Header, pack } from 'tar-stream'
import { defaultLimits, unpack } from '../../../src/ssh/archive.js'

let parent: string
let folder: string

beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'archive-'))
  folder = mkdtempSync(path.join(parent, 'in-'))
})
afterEach(() => {
  rmSync(parent, { recursive: true })
})

type Given = Partial<Header> & { name: string; content?: string | Buffer }

async function archive(...entries: Given[]): Promise<Buffer> {
  const tar = pack()
  for (const { content, ...header } of entries) tar.entry(header, content ?? '')
  tar.finalize()
  const pieces: Buffer[] = []
  for await (const piece of tar as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

function stream(...pieces: Buffer[]): Readable {
  return Readable.from(pieces, { objectMode: false })
}

const limits = (changed: Partial<typeof defaultLimits>): typeof defaultLimits => ({
  ...defaultLimits,
  ...changed,
})

test('files and folders arrive byte for byte, private', async () => {
  const bytes = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256))
  const tar = await archive(
    { name: './', type: 'directory', mode: 0o777 },
    { name: './a b', content: bytes, mode: 0o777 },
    { name: './deep/er/ünïcode.txt', content: 'x' },
    { name: './empty/', type: 'directory' },
    { name: './none', content: '' },
  )
  expect(await unpack(stream(tar), folder)).toEqual({
    files: [
      { path: 'a b', bytes: 3000 },
      { path: 'deep/er/ünïcode.txt', bytes: 1 },
      { path: 'none', bytes: 0 },
    ],
    skipped: [],
  })
  expect(readFileSync(path.join(folder, 'a b'))).toEqual(bytes)
  expect(statSync(path.join(folder, 'a b')).mode & 0o7777).toBe(0o600)
  expect(statSync(path.join(folder, 'empty')).mode & 0o7777).toBe(0o700)
})

test.each<[string, Given, RegExp]>([
  ['a symbolic link', { name: 'x', type: 'symlink', linkname: '/etc/passwd' }, /symlink/],
  ['a hard link', { name: 'x', type: 'link', linkname: 'before' }, /link/],
  ['a FIFO', { name: 'x', type: 'fifo' }, /fifo/],
  ['a device', { name: 'x', type: 'character-device', devmajor: 1, devminor: 5 }, /character-device/],
  ['an absolute name', { name: '/x' }, /absolute/],
  ['a name that leads out', { name: 'a/../../x' }, /leads out/],
  ['a folder that leads out', { name: '../x/', type: 'directory' }, /leads out/],
  ['a name with a newline', { name: 'a\n::error::x' }, /cannot be seen/],
  ['a name with an escape code', { name: 'a\u001b[2J' }, /cannot be seen/],
  ['a name that reads backwards', { name: 'a\u202egnp.exe' }, /cannot be seen/],
  ['a setuid file', { name: 'x', mode: 0o4755 }, /setuid/],
  ['a name for the second time', { name: './/before' }, /already one/],
  ['a file in the place of a folder', { name: 'before/x' }, /already one/],
  ['a folder in the place of a file', { name: 'before/', type: 'directory' }, /already one/],
  ['a name longer than the file system takes', { name: 'n'.repeat(300) }, /too long/],
])('%s is left out and told, the rest arrives', async (_, entry, why) => {
  const tar = await archive({ name: 'before', content: '1' }, entry, { name: 'after', content: '2' })
  const { files, skipped, ...rest } = await unpack(stream(tar), folder)
  expect(files.map((file) => file.path)).toEqual(['before', 'after'])
  expect(skipped).toEqual([{ name: expect.any(String), why: expect.stringMatching(why) }])
  expect(rest).toEqual({})
  expect(readdirSync(folder).sort()).toEqual(['after', 'before'])
  expect(readFileSync(path.join(folder, 'before'), 'utf8')).toBe('1')
  expect(readdirSync(parent)).toHaveLength(1)
})

test('sparse maps are left out', async () => {
  const name = 'GNUSparseFile.0/x'
  const record = 'GNU.sparse.realsize=1099511627776\n'
  const body = Buffer.from(`${record.length + 3} ${record}`)
  const tar = await archive({ name, content: 'data' })
  const paxed = await archive({ name: 'pax', content: body })
  // The type of the first header says: what follows describes the next entry.
  paxed[156] = 'x'.charCodeAt(0)
  fixChecksum(paxed)
  const { files, skipped } = await unpack(stream(paxed.subarray(0, 1024), tar), folder)
  expect({ files, skipped }).toEqual({ files: [], skipped: [{ name, why: 'it is a sparse map' }] })
})

test('a link that was there before is never followed', async () => {
  symlinkSync(path.join(parent, 'outside'), path.join(folder, 'a'))
  const tar = await archive({ name: 'a', content: 'x' }, { name: 'a/b', content: 'x' })
  const { files, skipped } = await unpack(stream(tar), folder)
  expect(files).toEqual([])
  expect(skipped).toHaveLength(2)
  expect(existsSync(path.join(parent, 'outside'))).toBe(false)
})

describe('a limit ends it, keeps what came and is named', () => {
  const three = (): Promise<Buffer> =>
    archive({ name: 'a', content: '1234' }, { name: 'b', content: '1234' }, { name: 'c', content: '1234' })

  test('bytes in all', async () => {
    expect(await unpack(stream(await three()), folder, limits({ bytes: 6 }))).toEqual({
      files: [{ path: 'a', bytes: 4 }],
      skipped: [],
      limit: '6 B in all',
      cut: 'b',
    })
    expect(readFileSync(path.join(folder, 'b'), 'utf8')).toBe('12')
  })

  test('bytes of one file', async () => {
    expect(await unpack(stream(await three()), folder, limits({ fileBytes: 3 }))).toMatchObject({
      files: [],
      limit: '3 B in one file',
      cut: 'a',
    })
  })

  test('entries, those that are left out and implied folders among them', async () => {
    const tar = await archive({ name: 'l', type: 'symlink', linkname: 'x' }, { name: 'd/f' }, { name: 'g' })
    const result = await unpack(stream(tar), folder, limits({ entries: 3 }))
    expect(result).toMatchObject({ files: [{ path: 'd/f' }], limit: '3 entries' })
  })

  test('depth', async () => {
    const tar = await archive({ name: 'a/b' }, { name: 'a/b2/c' })
    expect(await unpack(stream(tar), folder, limits({ depth: 2 }))).toMatchObject({
      files: [{ path: 'a/b' }],
      limit: '2 folders deep',
    })
  })

  test('length of a path', async () => {
    const tar = await archive({ name: 'ok' }, { name: 'too-long' })
    expect(await unpack(stream(tar), folder, limits({ path: 5 }))).toMatchObject({
      files: [{ path: 'ok', bytes: 0 }],
      limit: '5 bytes in a path',
    })
  })

  test('an archive that never ends, of nothing but padding', async () => {
    const zeros = Buffer.alloc(65536)
    const endless = Readable.from(
      (function* () {
        for (;;) yield zeros
      })(),
      { objectMode: false },
    )
    const result = await unpack(endless, folder, limits({ bytes: 1000, entries: 100 }))
    expect(result).toEqual({ files: [], skipped: [], limit: expect.stringMatching(/of archive$/) })
    expect(endless.destroyed).toBe(true)
  })
})

describe('a bad stream', () => {
  test('cut within a file', async () => {
    const tar = await archive({ name: 'a', content: 'whole' }, { name: 'b', content: Buffer.alloc(5000) })
    const result = await unpack(stream(tar.subarray(0, 3000)), folder)
    expect(result).toMatchObject({ files: [{ path: 'a', bytes: 5 }], cut: 'b', broken: expect.any(String) })
  })

  test('cut within a header', async () => {
    const tar = await archive({ name: 'a', content: 'whole' }, { name: 'b' })
    const result = await unpack(stream(tar.subarray(0, 1100)), folder)
    expect(result).toMatchObject({ files: [{ path: 'a', bytes: 5 }], broken: expect.any(String) })
  })

  test('garbage', async () => {
    const garbage = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251))
    expect(await unpack(stream(garbage), folder)).toMatchObject({ files: [], broken: expect.any(String) })
  })

  test('an error of the source', async () => {
    const source = new Readable({ read: () => undefined })
    setImmediate(() => source.destroy(new Error('gone\n::error::x')))
    expect(await unpack(source, folder)).toMatchObject({ broken: 'gone\\n::error::x' })
  })

  test('nothing at all', async () => {
    expect(await unpack(stream(), folder)).toEqual({ files: [], skipped: [] })
  })
})

test('trouble of the host is an error, not a bad archive', async () => {
  const tar = await archive({ name: 'a' })
  await expect(unpack(stream(tar), path.join(parent, 'not-there', 'x'))).rejects.toThrow('ENOENT')
})

/** Source: POSIX pax, ustar header block: the sum of all bytes with the checksum field as spaces. */
function fixChecksum(header: Buffer): void {
  header.fill(' ', 148, 156)
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
}
