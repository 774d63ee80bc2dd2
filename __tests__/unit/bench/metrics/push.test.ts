import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import type { Metrics } from '../../../../src/bench/metrics/metrics.js'
import { maskUrl, push } from '../../../../src/bench/metrics/push.js'

/** A real VictoriaMetrics that asks for a name and a password. */
let database: ChildProcess
let origin: string
let folder: string
let log: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'victoria-'))
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  database = spawn(
    'victoria-metrics',
    [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-httpAuth.username=me',
      '-httpAuth.password=pass word',
      '-retentionPeriod=100y',
    ],
    { stdio: 'ignore' },
  )
  for (let tries = 0; tries < 100; tries += 1) {
    const up = await fetch(`${origin}/health`, { headers: authorization }).catch(() => undefined)
    if (up?.ok) return
    await setTimeout(100)
  }
  throw new Error('victoria-metrics does not start')
})
afterAll(async () => {
  const ended = once(database, 'exit')
  database.kill()
  await ended
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  log = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    log += chunk.toString()
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
})

const authorization = { Authorization: `Basic ${Buffer.from('me:pass word').toString('base64')}` }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function metrics(count = 3): Metrics {
  const rows = Array.from({ length: count }, (_, row) => row)
  return {
    schema: 1,
    startedAt: '2026-11-25T12:00:00.000Z',
    sources: [
      {
        labels: { job: 'guestos-actions', instance: 'guest' },
        times: rows,
        series: [
          { name: 'node_load1', labels: {}, type: 'gauge', help: '', values: rows.map((row) => row / 4) },
        ],
      },
    ],
  }
}

const endpoint = (credentials: string, from = origin): URL =>
  new URL(`${from.replace('//', `//${credentials}`)}/api/v1/import/prometheus`)

test('VictoriaMetrics has every sample at its time, with the labels of the run', async () => {
  await push(metrics(), endpoint('me:pass%20word@'), { run: '7' })
  expect(log).toContain(`Metrics: 3 samples sent to ${origin}/api/v1/import/prometheus`)
  const query = `${origin}/api/v1/export?match[]=node_load1`
  let stored = ''
  for (let tries = 0; tries < 100 && stored === ''; tries += 1) {
    await setTimeout(100)
    stored = await (await fetch(query, { headers: authorization })).text()
  }
  expect(JSON.parse(stored)).toEqual({
    metric: { __name__: 'node_load1', job: 'guestos-actions', instance: 'guest', run: '7' },
    values: [0, 0.25, 0.5],
    timestamps: [0, 1000, 2000].map((after) => Date.parse('2026-11-25T12:00:00.000Z') + after),
  })
})

test('many samples go in several requests', async () => {
  await push(metrics(100_000), endpoint('me:pass%20word@'), { run: 'x'.repeat(100) })
  expect(log).toContain('Metrics: 100000 samples sent')
})

test.each([
  ['a wrong password', () => endpoint('me:hunter2hunter2@'), /^::warning::.*: HTTP status 401/],
  [
    'nobody there',
    () => endpoint('me:hunter2hunter2@', origin.replace(/\d+$/, '1')),
    /^::warning::.*: (?:ECONNREFUSED|bad port)/,
  ],
])('%s is a warning that tells no secret', async (_, url, message) => {
  await push(metrics(), url(), {})
  expect(log).toMatch(message)
  expect(log).not.toContain('hunter2')
})

test('a redirect is not followed', async () => {
  const asked: (string | undefined)[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request.url)
    response.writeHead(307, { Location: '/elsewhere' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await push(metrics(), new URL(`http://127.0.0.1:${port}/import`), {})
  server.close()
  expect(asked).toEqual(['/import'])
  expect(log).toMatch(/^::warning::.*HTTP status 307/)
})

test('what gives access is masked, a plain address is not', () => {
  maskUrl(new URL('http://127.0.0.1:8428/import'))
  expect(log).toBe('')
  maskUrl(new URL('https://me:pass@db/import?token=abc'))
  for (const part of ['pass', Buffer.from('me:pass').toString('base64'), 'abc']) {
    expect(log).toContain(`::add-mask::${part}\n`)
  }
})
