import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { openPromise } from 'yauzl'
import { type BenchmarkOutcome, runBenchmark } from '../../../src/bench/benchmark.js'
import type { BenchmarkInputs } from '../../../src/bench/inputs.js'
import { metricsSchema } from '../../../src/bench/metrics/schema.js'
import type { Metrics } from '../../../src/bench/metrics/metrics.js'
import { recordSchema } from '../../../src/bench/record-schema.js'
import type { RunRecord } from '../../../src/bench/record.js'
import { UserError } from '../../../src/runtime/errors.js'
import {
  type ResultsService,
  startResultsService,
} from '../../../tools/local-runner/results-service/server.js'
import { liveCommands } from '../../fixtures/live-commands.js'
import { type StandIn, startSshd } from '../../fixtures/sshd.js'

let standIn: StandIn
let service: ResultsService
let folder: string
let home: string
let log: string
const before = { ...process.env }

beforeAll(async () => {
  standIn = await startSshd()
  home = (await standIn.guest.run('cd && pwd')).stdout.trim()
})
afterAll(async () => {
  await standIn.stop()
})
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'benchmark-test-'))
  service = await startResultsService({
    cache: path.join(folder, 'cache'),
    artifacts: path.join(folder, 'artifacts'),
  })
  Object.assign(process.env, {
    RUNNER_TEMP: folder,
    GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'me/it',
    GITHUB_RUN_ID: '7',
    ACTIONS_RESULTS_URL: service.url,
    ACTIONS_RUNTIME_TOKEN: service.token({ run: '7', job: 'job' }),
  })
  log = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    log += chunk.toString()
    return true
  })
})
afterEach(async () => {
  jest.restoreAllMocks()
  process.env = { ...before }
  await service.close()
  rmSync(folder, { recursive: true })
  expect(readdirSync(home).filter((name) => name.startsWith('benchmark.'))).toEqual([])
})

function runnerOf(script: string): string {
  const file = path.join(folder, 'benchmark_runner.sh')
  writeFileSync(file, `#!/bin/bash\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

function benchmark(script: string, given: Partial<BenchmarkInputs> = {}): Promise<BenchmarkOutcome> {
  return runBenchmark({
    vm: standIn.folder,
    runner: runnerOf(script),
    tools: [],
    resultsDirectory: 'results',
    sudo: true,
    timeout: 30_000,
    repeat: 1,
    metricsInterval: 0,
    metricsPushUrl: undefined,
    artifactName: 'measured',
    retentionDays: undefined,
    ifNoResults: 'error',
    requireAccelerator: 'any',
    ...given,
  })
}

function recordOf(outcome: BenchmarkOutcome): RunRecord {
  return JSON.parse(readFileSync(outcome.record, 'utf8')) as RunRecord
}

/** The content of every file in the artifact that the service got. */
async function uploaded(): Promise<Record<string, string>> {
  const archive = path.join(folder, 'artifacts', readdirSync(path.join(folder, 'artifacts'))[0] ?? '')
  const files: Record<string, string> = {}
  const zip = await openPromise(archive)
  for await (const entry of zip.eachEntry()) {
    files[entry.fileName] = await text(await zip.openReadStreamPromise(entry))
  }
  return files
}

test('a run: live output, results, record, artifact, summary', async () => {
  const tools = path.join(folder, 'tools')
  mkdirSync(tools)
  writeFileSync(path.join(tools, 'number'), '41\n')
  const outcome = await benchmark(
    [
      'mkdir -p results/sub',
      'echo "@phase first"; echo measuring; echo careful >&2',
      'echo "score $(cat tools/number) points higher" > results/a:b.txt',
      'echo "score 43 points higher" > results/sub/again.txt',
      'echo "it went well" > results/notes',
      'ln -s /etc/passwd results/stolen',
    ].join('\n'),
    { tools: [tools] },
  )
  expect(outcome.problem).toBeUndefined()
  expect(outcome.runnerExitCode).toBe(0)
  expect(readFileSync(path.join(outcome.results, 'notes'), 'utf8')).toBe('it went well\n')

  const record = recordOf(outcome)
  expect(record).toMatchObject({
    partial: false,
    problems: [],
    environment: { qemu: '0.0.0', accelerator: 'tcg', imageDigest: null },
    boot: { ssh: 1 },
    runner: { name: 'benchmark_runner.sh', exitCode: 0, timedOut: false },
    results: [
      { name: 'score', metric: 'value', unit: 'points', better: 'higher', samples: [[41, 43]] },
      { name: 'boot/ssh', metric: 'time', unit: 's', better: 'lower', samples: [[1]] },
    ],
    phases: [{ name: 'first', start: expect.any(Number) }],
  })
  const canaries = Object.values(record.noise.canary).flatMap(({ before, after }) => [before, after])
  for (const canary of canaries) {
    expect(canary?.cpu).toBeGreaterThan(0)
    expect(canary?.memory).toBeGreaterThan(0)
    expect(canary?.syscalls).toBeGreaterThan(0)
  }
  expect(record.environment.guest.cpus).toBeGreaterThan(0)
  expect(record.environment.guest.memory).toBeGreaterThan(1e8)
  expect(record.files).toEqual([
    { path: 'a%3Ab.txt', bytes: 23, format: 'lines' },
    { path: 'notes', bytes: 13, format: null },
    { path: 'sub/again.txt', bytes: 23, format: 'lines' },
  ])
  expect(new Ajv2020({ strict: false }).validate(recordSchema, record)).toBe(true)

  expect(await uploaded()).toEqual({
    'results/a%3Ab.txt': 'score 41 points higher\n',
    'results/sub/again.txt': 'score 43 points higher\n',
    'results/notes': 'it went well\n',
    'runner.log': expect.stringContaining('measuring\n'),
    'console.log': '',
    'bencher.json': expect.stringContaining('"value (points)"'),
    'bigger-is-better.json': expect.stringContaining('"value": 42'),
    'smaller-is-better.json': expect.stringContaining('"boot/ssh, time"'),
    'run-record.json': readFileSync(outcome.record, 'utf8'),
    'benchmarks.html': expect.stringContaining('<title>benchmark_runner.sh</title>'),
  })
  const archive = path.join(folder, 'artifacts', readdirSync(path.join(folder, 'artifacts'))[0] ?? '')
  const digest = createHash('sha256').update(readFileSync(archive)).digest('hex')
  expect(outcome.artifact).toMatchObject({
    digest: `sha256:${digest}`,
    url: `https://github.com/me/it/actions/runs/7/artifacts/${outcome.artifact?.id}`,
  })

  expect(log).toContain('│ measuring')
  expect(log).toContain('│ careful')
  expect(log).toContain('Left out: ./stolen: it is no regular file but a symlink')
  expect(log).toContain('notes is in no known format')
  const summary = readFileSync(path.join(folder, 'summary.md'), 'utf8')
  expect(summary).toContain('| score | value | 42 | ± 3.5 % | 2 | points | higher |')
  expect(summary).toContain(digest)
})

test('all that the guest says stays without effect on the log', async () => {
  const names = 'results/f##[error]g; echo "x##[error]h 1 ##[error]s" >'
  const attack = String.raw`@phase p##[error]q\n::error::a\r::error::b\n ##[error]c\n\xc2\x85::error::d\n\x1b]0;##\x1b\\[error]e\n`
  const outcome = await benchmark(
    `mkdir results; echo > ${names} results/y; printf '${attack}'; printf '${attack}' | tee results/x >&2`,
  )
  expect(outcome.problem).toBeUndefined()
  const ours = liveCommands(log).filter((line) => !/^::(?:group|endgroup|debug|add-mask)::/.test(line))
  expect(ours).toEqual([])
  expect(readFileSync(path.join(outcome.results, 'x'), 'utf8')).toContain('::error::a\r')
  expect(liveCommands(readFileSync(outcome.record, 'utf8'))).toEqual([])
  expect(recordOf(outcome)).toMatchObject({
    results: [{ name: 'x#\\#[error]h', unit: '#\\#[error]s' }, { name: 'boot/ssh' }],
    phases: [{ name: 'p#\\#[error]q' }],
    files: [{ path: 'f%23#[error]g' }, { path: 'x' }, { path: 'y' }],
  })
})

test('no results: the step fails, the record is uploaded all the same', async () => {
  const outcome = await benchmark('true')
  const message = 'benchmark_runner.sh left no results: results is missing'
  expect(outcome.problem?.message).toBe(message)
  expect(outcome.artifact).toBeDefined()
  expect(recordOf(outcome).problems).toEqual([message])
})

test('a status other than 0 fails the step after the upload', async () => {
  const outcome = await benchmark('mkdir results; echo x 1 s > results/x; exit 3')
  expect(outcome.problem?.message).toBe('benchmark_runner.sh ended with status 3')
  expect(outcome.runnerExitCode).toBe(3)
  expect(await uploaded()).toHaveProperty('results/x')
  expect(recordOf(outcome)).toMatchObject({ partial: false, results: [{ name: 'x' }, { name: 'boot/ssh' }] })
})

test('the time-out ends the runner and all it started; what it had left is collected', async () => {
  const outcome = await benchmark(
    `mkdir results; echo early 1 s > results/x; sleep 61.7 & sleep 61.7; echo late 1 s >> results/x`,
    { timeout: 1000 },
  )
  expect(outcome.problem?.message).toBe('benchmark_runner.sh had not ended after 1.0 s and was stopped')
  expect(recordOf(outcome)).toMatchObject({
    partial: true,
    runner: { timedOut: true },
    results: [{ name: 'early' }, { name: 'boot/ssh' }],
  })
  const left = await standIn.guest.run('grep -lz "^61.7$" /proc/[0-9]*/cmdline 2>/dev/null')
  expect(left.stdout).toBe('')
})

test('a guest that dies fails the step at once with its class; what was there is uploaded as partial', async () => {
  const doomed = await startSshd()
  try {
    const running = benchmark('mkdir results; sleep 6; echo "working on it"; sleep 60', {
      vm: doomed.folder,
      metricsInterval: 200,
    })
    while (!log.includes('working on it')) await setTimeout(20)
    const started = performance.now()
    await doomed.die()
    const outcome = await running
    expect(performance.now() - started).toBeLessThan(5000)
    expect(outcome.problem).toMatchObject({ class: 'kernel-panic' })
    expect(outcome.runnerExitCode).toBeNull()
    expect(recordOf(outcome)).toMatchObject({
      partial: true,
      problems: [expect.stringMatching(/^kernel-panic/)],
    })
    expect(new Ajv2020({ strict: false }).validate(recordSchema, recordOf(outcome))).toBe(true)
    const files = await uploaded()
    expect(files).toMatchObject({
      'runner.log': 'working on it\n',
      'openmetrics.txt': expect.stringMatching(/node_cpu_seconds_total\{[^]*\n# EOF\n$/),
      'charts/guest-cpu.svg': expect.stringMatching(/^<svg /),
    })
    const metrics = JSON.parse(files['metrics.json'] ?? '') as Metrics
    expect(new Ajv2020({ strict: false }).validate(metricsSchema, metrics)).toBe(true)
    const times = metrics.sources.map(({ labels, times }) => [labels.instance, times.length] as const)
    expect(times.map(([instance]) => instance)).toEqual(['guest', 'host', 'qemu'])
    for (const [, count] of times) expect(count).toBeGreaterThan(3)
    expect(log).not.toContain('::warning::')
    expect(readFileSync(path.join(folder, 'summary.md'), 'utf8')).toMatch(/\| whole run \| .* [▁-█]+ /)
  } finally {
    await doomed.stop()
    // Its home is ours: the dead guest cannot clean up.
    for (const name of readdirSync(home).filter((item) => item.startsWith('benchmark.'))) {
      rmSync(path.join(home, name), { recursive: true })
    }
  }
})

test('a guest that dies leaves the results of the phases that were over', async () => {
  const doomed = await startSshd()
  try {
    const running = benchmark(
      [
        'mkdir results; echo "@phase disk"; echo disk 1 s > results/disk.txt',
        'echo "@phase cpu"; echo cpu 2 s > results/cpu.txt; sleep 1',
        'echo "@phase network"; sleep 1; echo loopback 3 MB/s > results/network.txt; echo "now"; sleep 60',
      ].join('\n'),
      { vm: doomed.folder },
    )
    while (!log.includes('│ now')) await setTimeout(20)
    const started = performance.now()
    await doomed.die()
    const outcome = await running
    expect(performance.now() - started).toBeLessThan(5000)
    expect(outcome.problem).toMatchObject({ class: 'kernel-panic' })
    expect(recordOf(outcome)).toMatchObject({
      partial: true,
      runner: { exitCode: null },
      phases: [{ name: 'disk' }, { name: 'cpu' }, { name: 'network' }],
      files: [{ path: 'cpu.txt' }, { path: 'disk.txt' }],
    })
    expect(readdirSync(path.dirname(outcome.record)).sort()).toEqual([
      'benchmarks.html',
      'console.log',
      'results',
      'run-record.json',
      'runner.log',
    ])
    const files = await uploaded()
    expect(files).toMatchObject({ 'results/cpu.txt': 'cpu 2 s\n', 'results/disk.txt': 'disk 1 s\n' })
    expect(files).not.toHaveProperty('results/network.txt')
  } finally {
    await doomed.stop()
    for (const name of readdirSync(home).filter((item) => item.startsWith('benchmark.'))) {
      rmSync(path.join(home, name), { recursive: true })
    }
  }
})

test('each run of several begins afresh and is an iteration; one that fails does not hide the others', async () => {
  const outcome = await benchmark(
    `ls results 2>/dev/null; mkdir results; n=$(cat '${folder}/n' 2>/dev/null || echo 1); echo $((n + 1)) > '${folder}/n'
     echo "@phase one"; echo "score $n points higher" > results/score.txt; exit $((n == 2 ? 5 : 0))`,
    { repeat: 3 },
  )
  expect(outcome.problem?.message).toBe('benchmark_runner.sh, run 2, ended with status 5')
  expect(outcome.runnerExitCode).toBe(5)
  const record = recordOf(outcome)
  expect(record).toMatchObject({ partial: false, runner: { runs: 3, exitCode: 5, timedOut: false } })
  expect(record.results.find(({ name }) => name === 'score')?.samples).toEqual([[1, 2, 3]])
  expect(record.phases.map(({ name }) => name)).toEqual(['one', 'one', 'one'])
  expect(record.files.map((file) => file.path)).toEqual(['1/score.txt', '2/score.txt', '3/score.txt'])
  expect(await uploaded()).toMatchObject({ 'results/3/score.txt': 'score 3 points higher\n' })
  expect(new Ajv2020({ strict: false }).validate(recordSchema, record)).toBe(true)
})

test('a run out of time is the last', async () => {
  const outcome = await benchmark('mkdir results; echo x 1 s > results/x; sleep 60', {
    repeat: 3,
    timeout: 1000,
  })
  expect(outcome.problem?.message).toBe(
    'benchmark_runner.sh, run 1, had not ended after 1.0 s and was stopped',
  )
  expect(recordOf(outcome)).toMatchObject({ partial: true, runner: { runs: 1, timedOut: true } })
})

test('a failed upload fails the step, keeps the files and says where', async () => {
  process.env.ACTIONS_RUNTIME_TOKEN = service.token({ run: '7', job: 'job' }).slice(0, -4) + 'AAAA'
  const outcome = await benchmark('mkdir results; echo x 1 s > results/x')
  expect(outcome.problem?.message).toContain('Artifact measured could not be uploaded')
  expect(outcome.problem?.message).toContain(path.dirname(outcome.record))
  expect(existsSync(path.join(outcome.results, 'x'))).toBe(true)
  expect(outcome.artifact).toBeUndefined()
})

test('of an absolute results folder only what this run wrote is taken; nothing is uploaded where there is no service', async () => {
  delete process.env.ACTIONS_RESULTS_URL
  delete process.env.GITHUB_ACTIONS
  const results = path.join(folder, 'of the image')
  mkdirSync(results)
  writeFileSync(path.join(results, 'old'), 'x 1 s\n')
  await setTimeout(50)
  const outcome = await benchmark(`sleep 0.05; echo x 2 s > '${results}/new'`, { resultsDirectory: results })
  expect(readdirSync(outcome.results)).toEqual(['new'])
  expect(outcome).toMatchObject({ problem: undefined, artifact: undefined })
  expect(log).toContain('no artifact service')
})

test.each(['ACTIONS_RESULTS_URL', 'ACTIONS_RUNTIME_TOKEN'])(
  'a runner without %s fails the step, and the files are kept',
  async (name) => {
    Object.assign(process.env, { GITHUB_ACTIONS: 'true', [name]: '' })
    const outcome = await benchmark('mkdir results; echo x 1 s > results/x')
    expect(outcome.problem).toBeInstanceOf(UserError)
    expect(outcome.problem?.message).toMatch(/^The runner offers no artifact service/)
    expect(outcome.problem?.message).toContain(path.dirname(outcome.record))
    expect(existsSync(path.join(outcome.results, 'x'))).toBe(true)
  },
)

test('require-accelerator is checked before anything is sent', async () => {
  await expect(benchmark('true', { requireAccelerator: 'kvm' })).rejects.toMatchObject({
    class: 'acceleration',
  })
  expect(readdirSync(folder).filter((name) => name.startsWith('guestos-benchmark-'))).toEqual([])
})

test('output without end is shown and kept to a point', async () => {
  const outcome = await benchmark(
    'mkdir results; echo x 1 s > results/x; yes "a rather long line of nothing" | head -c 5000000; echo; head -c 200000 /dev/zero | tr "\\0" x',
  )
  expect(outcome.problem).toBeUndefined()
  expect(log.length).toBeLessThan(6_000_000)
  expect(log).toContain('The log shows no more than this')
  expect(readFileSync(path.join(path.dirname(outcome.record), 'runner.log')).length).toBe(5_200_001)
})

test.each([
  ['run-record', recordSchema],
  ['metrics', metricsSchema],
])('the published schema of %s is the one that is used', (name, schema) => {
  const published = path.join(import.meta.dirname, `../../../docs/schemas/${name}.json`)
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(schema)
})
