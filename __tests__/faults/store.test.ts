/** Many jobs of one host at its image store at once, and jobs killed at any moment. */
import { afterAll, beforeEach, expect, test } from '@jest/globals'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileDigest } from '../../src/image/digest.js'
import { numbers } from '../fixtures/corruption.js'
import { count } from '../fixtures/soak.js'

const script = path.resolve(import.meta.dirname, '../fixtures/store-job.ts')
const root = mkdtempSync(path.join(tmpdir(), 'store-test-'))
let folder: string
let log: string

beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'run-'))
  log = path.join(folder, 'log')
  writeFileSync(log, '')
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

const store = (): string => path.join(folder, 'store')
const timesMade = (): number => readFileSync(log, 'utf8').split('\n').length - 1

/** Starts a job whose image takes this long to make. */
function start(name: string, milliseconds: number): ChildProcess {
  const output = path.join(folder, name)
  mkdirSync(output)
  return spawn(process.execPath, ['--import', 'tsx', script, store(), output, log, String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '' },
  })
}

interface Done {
  readonly said: string
  readonly digest: string
}

async function end(name: string, job: ChildProcess): Promise<Done> {
  const exit = once(job, 'exit')
  const said = await text(job.stdout ?? process.stdin)
  expect(await exit).toEqual([0, null])
  return { said, digest: await fileDigest(path.join(folder, name, 'disk.qcow2')) }
}

test('of twenty jobs that want the same image one makes it, and nineteen wait and share it', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `job-${index}`)
  const jobs = names.map((name) => ({ name, job: start(name, 3000) }))
  const done = await Promise.all(jobs.map(({ name, job }) => end(name, job)))
  expect(timesMade()).toBe(1)
  expect(done.filter(({ said }) => said.includes('hit false'))).toHaveLength(1)
  expect(done.filter(({ said }) => said.includes('hit local'))).toHaveLength(19)
  expect(done.filter(({ said }) => said.includes('Another job makes sample-image-1')).length).toBeGreaterThan(
    0,
  )
  expect(new Set(done.map(({ digest }) => digest)).size).toBe(1)
  expect(readdirSync(store()).filter((name) => name.startsWith('.'))).toEqual([])
  expect(readdirSync(path.join(store(), 'making'))).toEqual([])
}, 240_000)

test('a job killed at any moment leaves a store that the next one uses or repairs', async () => {
  const kills = count(6, 50)
  const random = numbers(7)
  const whole = await end('whole', start('whole', 0))
  const moments: string[] = []
  for (let kill = 0; kill < kills; kill += 1) {
    rmSync(store(), { recursive: true, force: true })
    const job = start(`killed-${kill}`, 300)
    while (!existsSync(path.join(store(), 'making')) && job.exitCode === null) await setTimeout(2)
    await setTimeout(random.next().value % 900)
    job.kill('SIGKILL')
    if (job.exitCode === null && job.signalCode === null) await once(job, 'exit')
    moments.push(readdirSync(path.join(store(), 'entries')).length === 0 ? 'before' : 'after')

    const next = await end(`next-${kill}`, start(`next-${kill}`, 0))
    expect(next.digest).toBe(whole.digest)
    expect(readdirSync(store()).sort()).toEqual(['entries', 'files', 'making'])
    expect(readdirSync(path.join(store(), 'files'))).toHaveLength(2)
  }
  console.log(
    `killed before the image was in the store: ${moments.filter((when) => when === 'before').length} of ${kills}`,
  )
}, 600_000)
