/**
 * The workflow file that users copy, and what it builds on, on a real VM: the committed bundles, run by the local
 * runner with the cache and artifact libraries talking to the local service.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { JobRecord, RunResult, StepRecord } from '../../tools/local-runner/record.js'
import { run } from '../../src/runtime/process.js'
import { runWorkflow } from '../../tools/local-runner/run.js'
import { figuresOf } from '../../src/bench/metrics/figures.js'
import type { Metrics } from '../../src/bench/metrics/metrics.js'
import type { RunRecord } from '../../src/bench/record.js'
import { coloursOf, openOffline, screenshots, startBrowser } from '../fixtures/browser.js'
import { fixtures, resultFixtures, shown } from '../fixtures/result-formats.js'
import { unzip } from '../fixtures/unzip.js'

const root = path.resolve(import.meta.dirname, '../..')
const minutes = 60_000

/** The stranger's repository, which holds nothing of ours. */
let workspace: string
let local: string
const log: string[] = []

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'e2e-workflows-'))
  local = path.join(folder, 'local')
  workspace = path.join(folder, 'repository')
  const identity = ['-c', 'user.name=A stranger', '-c', 'user.email=stranger@example.org']
  await run(['git', 'init', '--quiet', workspace])
  await run([
    'git',
    '-C',
    workspace,
    ...identity,
    'commit',
    '--quiet',
    '--allow-empty',
    '--message=Nothing yet',
  ])
})

afterAll(() => {
  rmSync(path.dirname(local), { recursive: true, force: true })
})

async function runFile(file: string, event: string): Promise<RunResult> {
  log.length = 0
  const print = (line: string): void => void log.push(line)
  return runWorkflow({ file: path.join(root, file), event, workspace, local, print })
}

/** The main step with an id; what it printed is the test's message when there is none. */
function step(run: RunResult, id: string): StepRecord {
  const found = run.jobs
    .flatMap(({ steps }) => steps)
    .find((candidate) => candidate.id === id && candidate.stage === 'main')
  if (!found) throw new Error(`no step ${id} in:\n${log.slice(-80).join('\n')}`)
  return found
}

/** What a benchmark step has uploaded. */
async function benchmarkArtifact(
  { folder }: RunResult,
  name: string,
): Promise<{ files: Map<string, Buffer>; record: RunRecord }> {
  const files = await unzip(path.join(folder, `artifacts/${name}.zip`))
  return { files, record: JSON.parse(files.get('run-record.json')?.toString() ?? '') as RunRecord }
}

function errorsOf({ annotations }: StepRecord): string[] {
  return annotations.filter(({ level }) => level === 'error').map(({ message }) => message)
}

/** Nothing of a job may outlive its post steps: what is left for the runner to kill has leaked. */
function expectNothingLeft(jobs: readonly JobRecord[]): void {
  expect(jobs.flatMap(({ orphans }) => orphans)).toEqual([])
}

describe('workflows/pull-request.yml', () => {
  let result: RunResult

  beforeAll(async () => {
    result = await runFile('workflows/pull-request.yml', 'pull_request')
  }, 20 * minutes)

  test('builds, boots, tests and benchmarks the default recipe', () => {
    const failed = result.jobs.flatMap(({ steps }) => steps).filter(({ outcome }) => outcome !== 'success')
    expect(failed).toEqual([])
    expect(result.outcome).toBe('success')
    expect(step(result, 'build').outputs['cache-hit']).toBe('false')
    expectNothingLeft(result.jobs)
  })

  test('has every smoke test in the JUnit file', async () => {
    const files = await unzip(path.join(result.folder, 'artifacts/guestos-reports.zip'))
    const junit = [...files].find(([name]) => name.endsWith('junit.xml'))?.[1].toString() ?? ''
    for (const name of [
      'system-running',
      'failed-units',
      'version',
      'replica-active',
      'replica-status',
      'replica-height',
    ]) {
      expect(junit).toContain(`name="${name}"`)
    }
    expect(Number(step(result, 'smoke-test').outputs.passed)).toBe(junit.match(/<testcase /g)?.length)
  })

  test('keeps the console, each line with its time', async () => {
    const files = await unzip(path.join(result.folder, 'artifacts/guestos-reports.zip'))
    const console = [...files].find(([name]) => name.endsWith('console.log'))?.[1].toString() ?? ''
    expect(console).toMatch(/^\[ +\d+\.\d{3}\] .*systemd/m)
  })

  test('uploads what the guest measured, with a record of where', async () => {
    const files = await unzip(path.join(result.folder, 'artifacts/guestos-benchmarks.zip'))
    const results = [...files.keys()].filter((name) => name.startsWith('results/'))
    expect(results.length).toBeGreaterThan(0)
    const record = JSON.parse(files.get('run-record.json')?.toString() ?? '') as {
      environment: Record<string, unknown>
      results: { name: string; samples: number[][] }[]
    }
    expect(record.results.length).toBeGreaterThan(3)
    for (const { samples } of record.results) expect(samples.flat().every(Number.isFinite)).toBe(true)
    expect(JSON.stringify(record.environment)).toContain(step(result, 'build').outputs['image-digest'])
    // Bytes that only the guest can have: its kernel is not the host's.
    expect(JSON.stringify(record.environment)).toMatch(/cloud-amd64/)
  })

  test('keeps what guest, host and QEMU did meanwhile', async () => {
    const files = await unzip(path.join(result.folder, 'artifacts/guestos-benchmarks.zip'))
    const text = (name: string): string => files.get(name)?.toString() ?? ''
    const record = JSON.parse(text('run-record.json')) as RunRecord
    const metrics = JSON.parse(text('metrics.json')) as Metrics
    expect(metrics.sources.map(({ labels }) => labels.instance)).toEqual(['guest', 'host', 'qemu'])
    for (const { times } of metrics.sources) {
      expect(times[0]).toBeLessThan(1)
      expect(times.at(-1)).toBeGreaterThan(record.runner.seconds - 3)
      // One a second, but for what an emulated guest is late.
      expect(times.length).toBeGreaterThan(record.runner.seconds / 2)
    }
    const figures = new Map(figuresOf(metrics).map((figure) => [figure.id, figure]))
    const most = (id: string, line: string): number =>
      Math.max(...(figures.get(id)?.lines.find(({ name }) => name === line)?.values ?? []).map(Number))
    // The sample runner works on every CPU, writes 64 MiB to the disk and sends over the loopback.
    expect(most('guest-cpu', 'busy')).toBeGreaterThan(40)
    expect(most('host-cpu', 'QEMU')).toBeGreaterThan(5)
    expect(most('guest-disk', 'written')).toBeGreaterThan(2 ** 20)
    expect(most('guest-network', 'loopback')).toBeGreaterThan(2 ** 20)
    expect(most('guest-memory', 'used')).toBeGreaterThan(2 ** 25)
    expect(most('guest-memory', 'used')).toBeLessThan(record.environment.guest.memory)
    expect(most('host-memory', 'QEMU')).toBeGreaterThan(most('guest-memory', 'used'))
    expect(most('guest-pressure', 'CPU')).toBeGreaterThan(0)
    expect(text('openmetrics.txt')).toMatch(
      /\nnode_load1\{job="guestos-actions",instance="guest"\} [\d.]+ \d+\.\d{3}\n/,
    )
    expect(text('openmetrics.txt')).toMatch(/\n# EOF\n$/)
    expect(text('charts/guest-cpu.svg')).toMatch(/^<svg /)
    const summary = step(result, 'benchmark').summary
    expect(readFileSync(path.join(result.folder, summary ?? ''), 'utf8')).toMatch(/\| disk \|.* [▁-█]+ /)
  })

  test('uploads a page that draws its charts without a network', async () => {
    const files = await unzip(path.join(result.folder, 'artifacts/guestos-benchmarks.zip'))
    const file = path.join(path.dirname(local), 'benchmarks.html')
    writeFileSync(file, files.get('benchmarks.html') ?? '')
    const browser = await startBrowser()
    try {
      const { page, problems } = await openOffline(browser, file, { colorScheme: 'light', width: 1280 })
      for (const chart of ['#guest-cpu', '#guest-memory', '#guest-disk', '#host-cpu']) {
        expect(await coloursOf(page, chart)).toBeGreaterThan(10)
      }
      await page.locator('#guest-cpu .u-over').hover({ position: { x: 200, y: 60 } })
      expect(await page.locator('#guest-memory .u-legend').textContent()).toMatch(/used:?.*\d MiB/)
      expect(await page.locator('.phase b').allTextContents()).toContain('disk')
      await page.screenshot({ path: path.join(screenshots, 'benchmarks.png'), fullPage: true })
      expect(problems).toEqual([])
    } finally {
      await browser.close()
    }
  })

  test('prints nothing of the guest that the runner would take for a command', () => {
    const counts = result.jobs.flatMap(({ steps }) => steps).map(({ commands }) => Object.keys(commands))
    const ours = ['group', 'endgroup', 'notice', 'warning', 'debug', 'add-mask']
    for (const command of counts.flat()) expect(ours).toContain(command)
  })

  test(
    'as one step, takes the image from the cache and leaves no VM behind',
    async () => {
      const second = await runFile('__tests__/fixtures/workflows/one-step.yml', 'workflow_dispatch')
      const whole = step(second, 'guestos')
      expect(whole).toMatchObject({ outcome: 'success' })
      expect(whole.outputs['cache-hit']).toBe('local')
      expect(whole.outputs['image-digest']).toBe(step(result, 'build').outputs['image-digest'])
      expect(whole.outputs.failed).toBe('0')
      expect(log.join('\n')).not.toMatch(/mmdebstrap/)
      expectNothingLeft(second.jobs)
    },
    10 * minutes,
  )
})

describe('what is broken', () => {
  let result: RunResult

  beforeAll(async () => {
    const benchmarks = path.join(workspace, 'benchmarks')
    cpSync(path.join(root, '__tests__/fixtures/benchmarks'), benchmarks, { recursive: true })
    cpSync(fixtures, path.join(benchmarks, 'results-of-tools'), { recursive: true })
    result = await runFile('__tests__/fixtures/workflows/broken.yml', 'workflow_dispatch')
  }, 15 * minutes)

  test('fails the smoke test when the replica does not start, and names what failed', () => {
    const smoke = step(result, 'smoke-test')
    expect(smoke.outcome).toBe('failure')
    expect(errorsOf(smoke).join('\n')).toMatch(/smoke tests failed: .*replica-active/)
    expect(result.outcome).toBe('failure')
  })

  test('fails the benchmark when there are no results', () => {
    const benchmark = step(result, 'benchmark')
    expect(benchmark.outcome).toBe('failure')
    expect(errorsOf(benchmark).join('\n')).toMatch(/results/)
  })

  test.each(['truncated', 'truncated-digest'])(
    'fails the boot of an image that was cut short (%s) before QEMU runs',
    (id) => {
      const boot = step(result, id)
      expect(boot.outcome).toBe('failure')
      expect(errorsOf(boot)).toEqual([expect.stringMatching(/^image-corrupt: /)])
      expect(boot.outputs.vm).toBeUndefined()
    },
  )

  test('reads every result format that the guest can leave: name, metric, values, unit, direction', async () => {
    expect(errorsOf(step(result, 'formats'))).toEqual([])
    const { record } = await benchmarkArtifact(result, 'formats')
    const measured = record.results.filter(({ name }) => !name.startsWith('boot/'))
    const found = measured.map((item) => shown({ ...item, values: item.samples.flat() }))
    // What two files measure is one result, its values in the order of the files.
    const expected = new Map<string, string[]>()
    for (const line of resultFixtures().flatMap((fixture) => fixture.found)) {
      const [name = '', metric = '', values = '', unit = '', better = ''] = line.split(' | ')
      const key = [name, metric, '', unit, better].join(' | ')
      expected.set(key, [...(expected.get(key) ?? []), values])
    }
    const lines = [...expected].map(([key, values]) => key.replace(' |  | ', ` | ${values.join(' ')} | `))
    expect(found.sort()).toEqual(lines.sort())
    expect(measured.length).toBeGreaterThan(60)
  })

  test("keeps the guest's exact bytes, and none of what it should not have", async () => {
    const { files, record } = await benchmarkArtifact(result, 'formats')
    for (const { file, text, format } of resultFixtures()) {
      expect(files.get(`results/${file}`)?.toString()).toBe(text)
      expect(record.files.find((item) => item.path === file)?.format).toBe(format)
    }
    const names = [...files.keys()].filter((name) => name.startsWith('results/'))
    const others = names.filter((name) => !resultFixtures().some(({ file }) => name === `results/${file}`))
    expect(others.sort()).toEqual(['results/%23#[error]in a name', 'results/attack', 'results/hard-link'])
    expect(files.get('results/attack')?.toString()).toContain('first\r::error::in a file\n')
  })

  test('obeys nothing of what a benchmark prints or names', () => {
    const { commands, annotations } = step(result, 'formats')
    // The upload has its signed address masked, and tells much to who debugs it.
    expect(Object.keys(commands).sort()).toEqual(['add-mask', 'debug', 'endgroup', 'group'])
    expect(annotations).toEqual([])
  })

  test('fails a benchmark whose guest dies at once and with its class, and keeps the phases that were over', async () => {
    const dying = step(result, 'dying')
    expect(dying.outcome).toBe('failure')
    expect(errorsOf(dying)).toEqual([expect.stringMatching(/^kernel-panic\b/)])
    expect(dying.outputs['runner-exit-code']).toBe('')
    const { files, record } = await benchmarkArtifact(result, 'dying')
    expect(record).toMatchObject({ partial: true, runner: { exitCode: null } })
    // Ten seconds of it are a sleep; the ten minutes after its death are not waited for.
    expect(record.runner.seconds).toBeLessThan(60)
    expect(record.phases.map(({ name }) => name)).toEqual(['disk', 'cpu', 'network'])
    expect(files.get('results/disk.txt')?.toString()).toBe('disk 1 s\n')
    expect(files.get('results/cpu.txt')?.toString()).toBe('cpu 2 s\n')
    expect([...files.keys()]).not.toContain('results/network.txt')
    expect(files.get('console.log')?.toString()).toContain('Kernel panic - not syncing')
  })

  test('shows the end of the console when the job has failed, and leaves no VM behind', () => {
    const job = result.jobs[0]
    const posts = job?.steps.filter(({ stage }) => stage === 'post') ?? []
    const logs = posts
      .flatMap(({ log: file }) =>
        file === undefined ? [] : readFileSync(path.join(result.folder, file), 'utf8'),
      )
      .join('\n')
    expect(logs).toMatch(/The last \d+ lines of the console/)
    expectNothingLeft(result.jobs)
  })

  test('keeps the summaries of the steps', () => {
    const summaries = result.jobs.flatMap(({ steps }) => steps).flatMap(({ summary }) => summary ?? [])
    const text = summaries.map((file) => readFileSync(path.join(result.folder, file), 'utf8')).join('\n')
    expect(text).toMatch(/Boot: ready after/)
    expect(readdirSync(result.folder)).toContain('run.json')
  })
})
