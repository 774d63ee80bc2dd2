import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { parseBinaries, selectBinaries } from '../../../src/image/binaries.js'
import { download } from '../../../src/image/download.js'
import { run } from '../../../src/runtime/process.js'
import { noCaches, sampleStore, scratch, write } from './sample-recipe.js'

const program = Buffer.from('#!/bin/sh\n'.repeat(50_000))
const digestOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
const sha256 = digestOf(program)
const folder = write(scratch(), { replica: '#!/bin/sh\n', other: 'other' })
const allowed = 'allowed: name=path of a file that exists, or name=https://… sha256:<64 hex digits>'

describe('the input binaries', () => {
  test('takes paths, and URLs with a digest', () => {
    const replica = path.join(folder, 'replica')
    expect(parseBinaries([`replica=${replica}`, `ic-os=https://example.org/x sha256:${sha256}`])).toEqual([
      { name: 'replica', path: replica },
      { name: 'ic-os', url: 'https://example.org/x', sha256 },
    ])
  })

  test.each([
    'replica',
    'replica=/nowhere',
    '../x=/etc/passwd',
    'a=https://example.org/x',
    'a=https://example.org/x sha256:12',
    'a=/etc',
  ])('refuses %s', (line) => {
    expect(() => parseBinaries([line])).toThrow(
      `Input binaries: ${JSON.stringify(line)} is not valid; ${allowed}`,
    )
  })

  test('takes a name once', () => {
    const line = `a=${path.join(folder, 'replica')}`
    expect(() => parseBinaries([line, line])).toThrow('each name once; a is there already')
  })

  test('goes before what the recipe brings', async () => {
    const recipe = {
      binaries: { replica: path.join(folder, 'replica'), orchestrator: path.join(folder, 'replica') },
    }
    const given = [{ name: 'replica', path: path.join(folder, 'other') }]
    const binaries = await selectBinaries(recipe, given, noCaches())
    expect(binaries.map(({ name }) => name)).toEqual(['orchestrator', 'replica'])
    expect(binaries[1]?.digest).toBe(createHash('sha256').update('other').digest('hex'))
  })
})

describe('from the web', () => {
  /** What the server has, and how it answers; a broken one sends no more than 100 kB at once. */
  let served: Readonly<Record<string, Buffer>>
  let answer: (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void
  let ranges: (string | undefined)[]
  let server: Server
  let url: string

  const whole: typeof answer = (_request, response, bytes) => response.end(bytes)
  const inPieces: typeof answer = (request, response, bytes) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (start >= bytes.length) {
      response.writeHead(416).end()
      return
    }
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': bytes.length - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    })
    const piece = bytes.subarray(start, start + 100_000)
    response.write(piece, () => {
      if (start + piece.length < bytes.length) setTimeout(() => response.destroy(), 50)
      else response.end()
    })
  }

  beforeAll(async () => {
    server = createServer((request, response) => {
      ranges.push(request.headers.range)
      const bytes = served[request.url ?? '']
      if (bytes) answer(request, response, bytes)
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    served = { '/program': program }
    answer = whole
    ranges = []
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('a download that breaks off goes on where it was', async () => {
    answer = inPieces
    const folder = scratch()
    const [file, part] = [path.join(folder, 'file'), path.join(folder, '.part')]
    await download(`${url}/program`, sha256, file, part)
    expect([digestOf(readFileSync(file)), existsSync(part)]).toEqual([sha256, false])
    expect(ranges.length).toBeGreaterThan(4)
    expect(ranges.slice(1).every((range) => range !== undefined)).toBe(true)
  })

  test('a download goes on where a killed process left it', async () => {
    answer = inPieces
    const folder = scratch()
    const part = path.join(folder, '.part')
    writeFileSync(part, program.subarray(0, program.length - 10))
    await download(`${url}/program`, sha256, path.join(folder, 'file'), part)
    expect(ranges).toEqual([`bytes=${program.length - 10}-`])
  })

  test.each([
    ['of something else', (): Buffer => Buffer.from('of an older program')],
    ['longer than the file', (): Buffer => Buffer.concat([program, program])],
  ])('a part %s is not gone on with', async (_what, left) => {
    answer = inPieces
    const folder = scratch()
    const part = path.join(folder, '.part')
    writeFileSync(part, left())
    await download(`${url}/program`, sha256, path.join(folder, 'file'), part)
    expect(digestOf(readFileSync(path.join(folder, 'file')))).toBe(sha256)
  })

  test('a server that knows no ranges gives it from the beginning', async () => {
    const folder = scratch()
    writeFileSync(path.join(folder, '.part'), program.subarray(0, 10))
    await download(`${url}/program`, sha256, path.join(folder, 'file'), path.join(folder, '.part'))
    expect(digestOf(readFileSync(path.join(folder, 'file')))).toBe(sha256)
  })

  test('another digest is refused, and leaves nothing', async () => {
    const folder = scratch()
    const other = '0'.repeat(64)
    const [file, part] = [path.join(folder, 'file'), path.join(folder, '.part')]
    await expect(download(`${url}/program`, other, file, part)).rejects.toThrow(
      `expected sha256:${other}, downloaded sha256:${sha256}`,
    )
    expect([existsSync(file), existsSync(part)]).toEqual([false, false])
  })

  test('a server that refuses is not asked again', async () => {
    await expect(download(`${url}/none`, sha256, '/x', path.join(scratch(), 'part'))).rejects.toThrow(
      `${url}/none: the server answered 404 Not Found`,
    )
    expect(ranges).toHaveLength(1)
  })

  test('a server in passing trouble is', async () => {
    answer = (_request, response, bytes) => {
      if (ranges.length === 1) response.writeHead(503).end()
      else response.end(bytes)
    }
    const folder = scratch()
    await download(`${url}/program`, sha256, path.join(folder, 'file'), path.join(folder, '.part'))
    expect(ranges).toHaveLength(2)
  })

  async function zstd(): Promise<Buffer> {
    const file = path.join(scratch(), 'program')
    writeFileSync(file, program)
    await run(['zstd', '--quiet', file])
    return readFileSync(`${file}.zst`)
  }

  test('a compressed program is unpacked, fetched once for all builds, and keyed by its download', async () => {
    served = { '/program.gz': gzipSync(program), '/program.zst': await zstd() }
    const store = sampleStore()
    for (const [name, bytes] of Object.entries(served)) {
      const source = { name: 'program', url: `${url}${name}`, sha256: digestOf(bytes) }
      for (let build = 0; build < 2; build += 1) {
        const [binary] = await selectBinaries({ binaries: {} }, [source], noCaches({ store }))
        const file = (await binary?.fetch()) ?? ''
        expect([path.basename(file), digestOf(readFileSync(file))]).toEqual(['program', sha256])
        expect(binary?.digest).not.toBe(source.sha256)
      }
    }
    expect(ranges).toHaveLength(2)
  })

  test('is installed as it is under a name that says it is compressed', async () => {
    const bytes = gzipSync(program)
    served = { '/program.gz': bytes }
    const source = { name: 'program.gz', url: `${url}/program.gz`, sha256: digestOf(bytes) }
    const [binary] = await selectBinaries({ binaries: {} }, [source], noCaches())
    expect(statSync((await binary?.fetch()) ?? '').size).toBe(bytes.length)
  })

  test.each(['gz', 'zst'])('what is no %s is refused', async (ending) => {
    const file = path.join(write(scratch(), { [`a.${ending}`]: 'plain' }), `a.${ending}`)
    const [binary] = await selectBinaries({ binaries: {} }, [{ name: 'a', path: file }], noCaches())
    await expect(binary?.fetch()).rejects.toThrow(`${file} cannot be unpacked: `)
  })
})
