/**
 * Results folders that mean harm, at the size that they would have: a real tar reads them, a real sshd carries them.
 * sshd runs on this machine in the place of a guest, which under emulation would need minutes for each.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BenchmarkOutcome, runBenchmark } from '../../src/bench/benchmark.js'
import type { RunRecord } from '../../src/bench/record.js'
import { lineSplitter } from '../../tools/local-runner/lines.js'
import { type LogCommand, parseLogCommand } from '../../tools/local-runner/log-command.js'
import { count } from '../fixtures/soak.js'
import { type StandIn, startSshd } from '../fixtures/sshd.js'

const minutes = 60_000
const environment = { ...process.env }
let standIn: StandIn
let folder: string
let commands: LogCommand[]
let logged: number
let log: string

beforeAll(async () => {
  standIn = await startSshd()
})
afterAll(async () => {
  await standIn.stop()
})
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hostile-results-'))
  Object.assign(process.env, { RUNNER_TEMP: folder, GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md') })
  delete process.env.ACTIONS_RESULTS_URL
  delete process.env.GITHUB_ACTIONS
  commands = []
  logged = 0
  log = ''
  const lines = lineSplitter((line) => {
    const command = parseLogCommand(line)
    if (command) commands.push(command)
  })
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.write(Buffer.from(chunk))
    logged += chunk.length
    log = `${log}${chunk.toString()}`.slice(-1_000_000)
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
  process.env = { ...environment }
  rmSync(folder, { recursive: true })
})

async function benchmark(script: string): Promise<BenchmarkOutcome & { readonly kept: RunRecord }> {
  const runner = path.join(folder, 'run.sh')
  writeFileSync(runner, `#!/bin/bash\nmkdir results && cd results || exit 1\n${script}\n`)
  chmodSync(runner, 0o755)
  const outcome = await runBenchmark({
    vm: standIn.folder,
    runner,
    tools: [],
    resultsDirectory: 'results',
    sudo: true,
    timeout: 5 * minutes,
    repeat: 1,
    metricsInterval: 1000,
    metricsPushUrl: undefined,
    artifactName: 'x',
    retentionDays: undefined,
    ifNoResults: 'error',
    requireAccelerator: 'any',
  })
  return { ...outcome, kept: JSON.parse(readFileSync(outcome.record, 'utf8')) as RunRecord }
}

/** Commands that are not our own: a folded group for the runner and one for the results, and our warnings. */
function forged(): LogCommand[] {
  const ours = [
    /^run\.sh in the guest$/,
    /^Results: \d+ files$/,
    /^$/,
    /^The results were cut at a limit: [\w ,.]+ What came/,
  ]
  return commands.filter(
    ({ name, data }) =>
      !['group', 'endgroup', 'warning'].includes(name) || !ours.some((own) => own.test(data)),
  )
}

/** Every name below the runner's folder; what lies outside of a run's own is a break-out. */
function written(outcome: BenchmarkOutcome): string[] {
  const own = path.basename(path.dirname(outcome.record))
  expect(readdirSync(folder).sort()).toEqual([own, 'run.sh', 'summary.md'].sort())
  const all = readdirSync(outcome.results, { recursive: true, encoding: 'utf8' })
  for (const name of all) {
    const entry = lstatSync(path.join(outcome.results, name))
    expect(entry.isFile() || entry.isDirectory()).toBe(true)
    expect(entry.mode & 0o7077).toBe(0)
  }
  return all.sort()
}

test(
  'links, pipes, sockets, devices, set-uid programs and names of every kind',
  async () => {
    const outside = path.join(tmpdir(), `hostile-outside-${process.pid}`)
    const attack = String.raw`::error::a\r::error::b\n ##[error]c\n\xc2\x85::error::d\n\x1b]0;##\x1b\\[error]e\n\x1b[2J`
    const outcome = await benchmark(
      [
        'echo score 1 points > good',
        'ln -s /etc/passwd passwd; ln -s / root; ln -s .. up; ln -s good relative; ln -s nowhere dangling',
        `mkdir '${outside}'; ln -s '${outside}' way; ln good hard; ln /etc/hostname foreign 2>/dev/null`,
        'mkfifo pipe; mknod null c 1 3; mknod disk b 8 0; cp /bin/true setuid; chmod 6755 setuid',
        `perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1)'`,
        String.raw`for name in $'new\nline' $'\n::error::own line' $'\e[2Jescape' $'\u202etxt.exe' $'bad\377utf8' $'tab\there'; do echo x > "$name"; done`,
        String.raw`echo x > '::error::name'; echo x > '##[error]name'; mkdir '##[group]d'; echo x > '##[group]d/f'`,
        String.raw`echo x > ' '; echo x > '...'; echo x > 'a\b'; echo x > 'c:d'; echo x > '%3A'; echo x > -rf`,
        'echo x > "$(printf %0255d 7)"; mkdir -p $(printf "d/%.0s" $(seq 15)); echo x > "$(printf "d/%.0s" $(seq 15))deep"',
        `printf '${attack}' > attack; printf '${attack}'; printf '@phase ${attack}'; printf '${attack}' >&2`,
      ].join('\n'),
    )
    expect(outcome.problem).toBeUndefined()
    expect(forged()).toEqual([])
    expect(readdirSync(outside)).toEqual([])
    rmSync(outside, { recursive: true })
    const names = written(outcome)
    const harmless = ['good', 'hard', 'attack', '...', '-rf', 'c%3Ad', 'a%5Cb']
    const disarmed = ['%23#[error]name', '%23#[group]d/f', '%3A%3Aerror%3A%3Aname']
    expect(names).toEqual(expect.arrayContaining([...harmless, ...disarmed]))
    for (const name of [
      'passwd',
      'root',
      'up',
      'relative',
      'dangling',
      'way',
      'pipe',
      'null',
      'disk',
      'socket',
      'setuid',
    ]) {
      expect(names).not.toContain(name)
      if (name !== 'socket') expect(log).toContain(`Left out: ./${name}: `)
    }
    expect(log).toContain(String.raw`Left out: ./new\nline: its name holds characters that cannot be seen`)
    expect(readFileSync(path.join(outcome.results, 'attack'), 'latin1')).toContain('\r::error::b\n')
    expect(outcome.kept.results[0]).toMatchObject({ name: 'score', samples: [[1, 1]] })
    const summary = readFileSync(path.join(folder, 'summary.md'), 'utf8')
    for (const text of [summary, readFileSync(outcome.record, 'utf8')]) {
      expect(text.split(/[\r\n]/).flatMap((line) => parseLogCommand(line) ?? [])).toEqual([])
    }
  },
  2 * minutes,
)

test(
  '10 GB of zeros, of which the disk holds none',
  async () => {
    const outcome = await benchmark('echo a 1 s > a; truncate --size=10G zeros')
    expect(outcome.kept.partial).toBe(true)
    expect(log).toContain('The results were cut at a limit: 512 MiB in one file. What came before is kept.')
    expect(statSync(path.join(outcome.results, 'zeros')).size).toBe(2 ** 29)
    expect(forged()).toEqual([])
  },
  5 * minutes,
)

test(
  'a million entries',
  async () => {
    const entries = count(50_000, 1_000_000)
    const outcome = await benchmark(`seq ${entries} | xargs touch; echo a 1 s > a`)
    expect(outcome.kept.partial).toBe(true)
    expect(log).toContain('The results were cut at a limit: 20000 entries.')
    expect(written(outcome).length).toBeLessThanOrEqual(20_000)
    expect(logged).toBeLessThan(5_000_000)
    expect(statSync(path.join(folder, 'summary.md')).size).toBeLessThan(2 ** 19)
    expect(forged()).toEqual([])
  },
  5 * minutes,
)

test(
  'a line of 1 GB, in the output and in a file',
  async () => {
    const before = process.memoryUsage().rss
    const outcome = await benchmark(
      'echo a 1 s > a; head -c 1G /dev/zero | tr "\\0" x; head -c 1G /dev/zero | tr "\\0" : > line',
    )
    expect(log).toContain('The results were cut at a limit: 512 MiB in one file.')
    expect(statSync(path.join(path.dirname(outcome.record), 'runner.log')).size).toBe(2 ** 26)
    expect(logged).toBeLessThan(6_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29)
    expect(existsSync(path.join(outcome.results, 'a'))).toBe(true)
    expect(forged()).toEqual([])
  },
  5 * minutes,
)
