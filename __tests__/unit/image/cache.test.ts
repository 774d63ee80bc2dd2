import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { obtain, type Caches } from '../../../src/image/cache.js'
import { saveRemote } from '../../../src/image/remote-cache.js'
import { keepLocal } from '../../../src/image/local-cache.js'
import { seal } from '../../../src/image/entry.js'
import {
  startResultsService,
  type ResultsService,
} from '../../../tools/local-runner/results-service/server.js'
import { scratch, write } from './sample-recipe.js'

const key = 'sample-image-1'
let local: string
let made: number

function caches(change: Partial<Caches> = {}): Caches {
  return { mode: 'read-write', local, scratch: scratch(), ...change }
}

function make(folder: string): Promise<void> {
  made += 1
  write(folder, { 'disk.qcow2': 'image', 'manifest.json': '{}' })
  return Promise.resolve()
}

/** How the entry came about and what is in it. */
async function get(change: Partial<Caches> = {}): Promise<[string, string]> {
  const { folder, hit } = await obtain(key, caches(change), make)
  return [hit, readFileSync(path.join(folder, 'disk.qcow2'), 'utf8')]
}

function damage(file: string, text: string): void {
  chmodSync(file, 0o644)
  writeFileSync(file, text)
}

beforeEach(() => {
  local = scratch()
  made = 0
})

describe('the local cache', () => {
  test('gives what was made before, read-only', async () => {
    expect(await get()).toEqual(['false', 'image'])
    expect(await get()).toEqual(['local', 'image'])
    expect(made).toBe(1)
    expect(statSync(path.join(local, key, 'disk.qcow2')).mode & 0o777).toBe(0o444)
  })

  test.each<[string, (entry: string) => void]>([
    [
      'other bytes',
      (entry) => {
        damage(path.join(entry, 'disk.qcow2'), 'imagE')
      },
    ],
    [
      'a truncated file',
      (entry) => {
        damage(path.join(entry, 'disk.qcow2'), 'imag')
      },
    ],
    [
      'a missing file',
      (entry) => {
        rmSync(path.join(entry, 'manifest.json'))
      },
    ],
    ['a file more', (entry) => write(entry, { more: '' })],
    [
      'no entry.json',
      (entry) => {
        rmSync(path.join(entry, 'entry.json'))
      },
    ],
    [
      'an empty entry.json',
      (entry) => {
        writeFileSync(path.join(entry, 'entry.json'), '')
      },
    ],
    [
      'null in entry.json',
      (entry) => {
        writeFileSync(path.join(entry, 'entry.json'), 'null')
      },
    ],
    [
      'another key in entry.json',
      (entry) => {
        writeFileSync(
          path.join(entry, 'entry.json'),
          readFileSync(path.join(entry, 'entry.json'), 'utf8').replace(key, 'other'),
        )
      },
    ],
  ])('with %s has the image made anew', async (_what, harm) => {
    await get()
    harm(path.join(local, key))
    expect(await get()).toEqual(['false', 'image'])
    expect(await get()).toEqual(['local', 'image'])
    expect(made).toBe(2)
  })

  test('is not written to when it may only be read', async () => {
    await get({ mode: 'read-only' })
    expect(readdirSync(local)).toEqual([])
    await get()
    expect(await get({ mode: 'read-only' })).toEqual(['local', 'image'])
  })

  test('is neither read nor written to when it is off', async () => {
    await get()
    expect(await get({ mode: 'off' })).toEqual(['false', 'image'])
    expect(made).toBe(2)
  })

  test('keeps the entry of whoever came first', async () => {
    await get()
    const late = write(scratch(), { 'disk.qcow2': 'late' })
    await seal(late, key)
    expect(keepLocal(local, key, late)).toBe(path.join(local, key))
    expect(await get()).toEqual(['local', 'image'])
  })
})

describe('the cache service behind it', () => {
  const before = { ...process.env }
  let service: ResultsService
  let broken: boolean
  let requests: string[]

  beforeEach(async () => {
    broken = false
    requests = []
    service = await startResultsService({
      cache: scratch(),
      artifacts: scratch(),
      fault: (request, response) => {
        requests.push(request.url ?? '')
        if (broken) {
          response.writeHead(403, { 'content-type': 'application/json' }).end('{"code":"x","msg":"closed"}')
        }
        return Promise.resolve(broken)
      },
    })
    Object.assign(process.env, {
      ACTIONS_RESULTS_URL: service.url,
      ACTIONS_RUNTIME_TOKEN: service.token({ run: '1', job: '1' }),
      ACTIONS_CACHE_SERVICE_V2: 'true',
      GITHUB_SERVER_URL: 'https://github.com',
      RUNNER_TEMP: scratch(),
    })
  })
  afterEach(async () => {
    process.env = { ...before }
    await service.close()
  })

  test('gives an image to a runner that has not seen it, which keeps it', async () => {
    expect(await get()).toEqual(['false', 'image'])
    local = scratch()
    expect(await get()).toEqual(['remote', 'image'])
    expect(await get()).toEqual(['local', 'image'])
    expect(await get({ local: undefined })).toEqual(['remote', 'image'])
    expect(made).toBe(1)
  })

  test('leaves the folder and the workspace of the process alone', async () => {
    const folder = process.cwd()
    process.env.GITHUB_WORKSPACE = '/nowhere'
    await get()
    await get({ local: undefined })
    expect([process.cwd(), process.env.GITHUB_WORKSPACE]).toEqual([folder, '/nowhere'])
  })

  test('is not written to when it may only be read', async () => {
    await get({ mode: 'read-only' })
    expect(await service.cacheEntries()).toEqual([])
  })

  test('is not asked when it is off', async () => {
    await get({ mode: 'off' })
    expect(requests).toEqual([])
  })

  test('in trouble has the image made, with a warning', async () => {
    await get({ local: undefined })
    broken = true
    let log = ''
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      log += chunk.toString()
      return true
    })
    // Saving would look for the entry too, and warn of the same.
    const got = await get({ local: undefined, mode: 'read-only' }).finally(() => {
      write.mockRestore()
    })
    expect(got).toEqual(['false', 'image'])
    expect(log).toMatch(/^::warning::Failed to restore: .*closed/m)
  })

  test('with another image under the key has it made', async () => {
    const forged = write(scratch(), { 'disk.qcow2': 'forged' })
    await seal(forged, 'sample-image-2')
    await saveRemote(key, forged, scratch())
    expect(await service.cacheEntries()).toHaveLength(1)
    expect(await get()).toEqual(['false', 'image'])
  })
})
