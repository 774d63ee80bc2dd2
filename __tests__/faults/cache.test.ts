/** The cache service in trouble, and what it holds corrupted or forged: the image is made anew, with one warning. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import * as tar from 'tar-stream'
import { obtain, withCaches, type CacheMode } from '../../src/image/cache.js'
import { run } from '../../src/runtime/process.js'
import { startResultsService, type ResultsService } from '../../tools/local-runner/results-service/server.js'
import { flipBit, numbers } from '../fixtures/corruption.js'
import { count } from '../fixtures/soak.js'

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

const key = 'sample-image-1'
const before = { ...process.env }
let folder: string
let service: ResultsService
let fault: Fault
let asked: number
let printed: string[]

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cache-test-'))
  asked = 0
  fault = () => false
  service = await startResultsService({
    cache: path.join(folder, 'cache'),
    artifacts: path.join(folder, 'artifacts'),
    fault: (request, response) => {
      asked += 1
      return Promise.resolve(fault(request, response))
    },
  })
  Object.assign(process.env, {
    ACTIONS_RESULTS_URL: service.url,
    ACTIONS_RUNTIME_TOKEN: service.token({ run: '1', job: '1' }),
    ACTIONS_CACHE_SERVICE_V2: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
  })
  printed = []
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed.push(String(chunk))
    return true
  })
})

afterEach(async () => {
  jest.restoreAllMocks()
  process.env = { ...before }
  await service.close()
  rmSync(folder, { recursive: true })
})

/** How the image came about and what it is, in a build of its own. */
async function get(mode: CacheMode = 'read-write'): Promise<[string, string]> {
  const output = mkdtempSync(path.join(folder, 'output-'))
  const inputs = { cache: mode, localCache: undefined, localCacheSize: 0, output }
  return withCaches(inputs, async (caches) => {
    const entry = await obtain(key, caches, (into) => {
      writeFileSync(path.join(into, 'disk.qcow2'), 'image'.repeat(1000))
      writeFileSync(path.join(into, 'manifest.json'), '{}')
      return Promise.resolve()
    })
    const image = readFileSync(path.join(entry.folder, 'disk.qcow2'), 'utf8')
    return [entry.hit, image === 'image'.repeat(1000) ? 'right' : 'wrong']
  })
}

const annotations = (): string[] => printed.filter((line) => /^::(?:warning|error)/.test(line))

/** The archive in the service. */
function archive(): string {
  const blobs = path.join(folder, 'cache/blobs')
  const [name = ''] = readdirSync(blobs)
  return path.join(blobs, name)
}

test('gives an image to another runner, and is written to only when it may be', async () => {
  expect(await get('read-only')).toEqual(['false', 'right'])
  expect(await service.cacheEntries()).toEqual([])
  expect(await get()).toEqual(['false', 'right'])
  expect(await get()).toEqual(['remote', 'right'])
  asked = 0
  expect(await get('off')).toEqual(['false', 'right'])
  expect([asked, annotations()]).toEqual([0, []])
}, 60_000)

describe('in trouble', () => {
  const refuse =
    (status: number): Fault =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"code":"x","msg":"closed"}')
      return true
    }

  test.each<[string, Fault]>([
    ['that refuses', refuse(403)],
    ['that answers 503', refuse(503)],
    ['that never answers', () => true],
    [
      'that hangs up',
      (request) => {
        request.socket.destroy()
        return true
      },
    ],
    [
      'that answers with nonsense',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":tr')
        return true
      },
    ],
    [
      'whose downloads fail',
      (request, response) => {
        if (!(request.method === 'GET' || request.method === 'HEAD')) return false
        response.writeHead(404).end()
        return true
      },
    ],
  ])(
    'a service %s is left alone after one warning',
    async (_what, trouble) => {
      expect(await get()).toEqual(['false', 'right'])
      fault = trouble
      expect(await get()).toEqual(['false', 'right'])
      expect(annotations()).toHaveLength(1)
      expect(annotations()[0]).toContain(`The cache could not restore ${key}`)
    },
    120_000,
  )
})

describe('an archive in the service', () => {
  test('that is corrupted is never accepted', async () => {
    await get()
    expect(await get()).toEqual(['remote', 'right'])
    const whole = readFileSync(archive())
    const random = numbers(3)
    const pick = (below: number): number => random.next().value % below
    const accepted: string[] = []
    for (let number = 0; number < count(6, 300); number += 1) {
      writeFileSync(archive(), whole)
      if (number % 3 === 0) truncateSync(archive(), pick(whole.length))
      else flipBit(archive(), pick)
      const [hit, image] = await get('read-only')
      const same = hit === 'remote' && image === 'right' && statSync(archive()).size === whole.length
      // A bit that means nothing, such as an owner's, may differ: then all that is sealed is as it was.
      if (image !== 'right' || (hit !== 'false' && !same)) accepted.push(`${number}: ${hit} ${image}`)
    }
    expect(accepted).toEqual([])
  }, 900_000)

  test('that is forged writes nothing outside, and is not accepted', async () => {
    await get()
    const outside = path.join(folder, 'outside')
    const pack = tar.pack()
    pack.entry({ name: outside }, 'evil')
    pack.entry({ name: '../../../outside2' }, 'evil')
    pack.entry({ name: 'entry/link', type: 'symlink', linkname: folder })
    pack.entry({ name: 'entry/link/outside' }, 'evil')
    pack.entry({ name: 'entry/manifest.json', type: 'symlink', linkname: outside })
    pack.entry({ name: 'entry/manifest.json' }, 'evil')
    pack.entry({ name: 'entry/disk.qcow2' }, 'evil')
    pack.entry({ name: 'entry', type: 'symlink', linkname: folder })
    pack.entry({ name: 'entry/outside3' }, 'evil')
    pack.finalize()
    const file = path.join(folder, 'forged.tar')
    writeFileSync(file, await buffer(pack))
    await run(['zstd', '--quiet', '--force', '-o', archive(), file])
    expect(await get()).toEqual(['false', 'right'])
    expect(annotations()).toHaveLength(1)
    expect(existsSync(outside)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.startsWith('outside'))).toEqual([])
  }, 60_000)
})
