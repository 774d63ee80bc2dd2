import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { marked } from 'marked'
import { getInputs } from '../../../actions/benchmark/inputs.js'
import { portable, runnerScript } from '../../../src/bench/guest-run.js'
import { stealShare } from '../../../src/bench/machine.js'
import { provenance } from '../../../src/bench/provenance.js'
import type { RunRecord } from '../../../src/bench/record.js'
import { readResults } from '../../../src/bench/results.js'
import { significant, summaryOf } from '../../../src/bench/summary.js'
import { inputsOf } from '../../fixtures/action-inputs.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bench-parts-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

test('the defaults of the inputs', () => {
  expect(getInputs(inputsOf('benchmark', { vm: folder, runner: 'package.json' }))).toEqual({
    vm: folder,
    runner: path.resolve('package.json'),
    tools: [],
    resultsDirectory: 'results',
    sudo: true,
    timeout: 1_800_000,
    repeat: 1,
    metricsInterval: 1000,
    metricsPushUrl: undefined,
    artifactName: 'guestos-benchmarks',
    retentionDays: undefined,
    ifNoResults: 'error',
    requireAccelerator: 'any',
  })
})

test.each([
  ['vm', '/not/there', /a folder that exists/],
  ['runner', 'src', /a file, not of a folder/],
  ['tools', 'package.json\n/not/there', /"\/not\/there".*that exist/],
  ['tools', 'src/bench/results', /that exist/],
  ['results-directory', '../results', /a folder within/],
  ['results-directory', 'a/../../b', /a folder within/],
  ['results-directory', '/', /absolute path/],
  ['sudo', 'yes', /true or false/],
  ['timeout', 'soon', /a duration/],
  ['timeout', '0s', /from 1s to 24h/],
  ['repeat', '0', /from 1 to 100/],
  ['metrics-interval', '1', /a duration/],
  ['metrics-interval', '10ms', /100ms to 1h, or 0/],
  ['metrics-push-url', 'ftp://me:secret@host', /^(?!.*secret).*an http/],
  ['artifact-name', 'a/b', /a name without/],
  ['retention-days', '0', /from 1 to 400/],
  ['if-no-results', 'fail', /error, warn, ignore/],
  ['require-accelerator', 'hvf', /kvm, any/],
])('%s: %j is refused', (name, value, message) => {
  const given = { vm: folder, runner: 'package.json', [name]: value }
  expect(() => getInputs(inputsOf('benchmark', given))).toThrow(message)
})

test('a tool with the name of the results folder would bring stale results', () => {
  const given = { vm: folder, runner: 'package.json', tools: 'src', 'results-directory': 'src/out' }
  expect(() => getInputs(inputsOf('benchmark', given))).toThrow('names other than that of results-directory')
})

test("the guest's command, with and without sudo", () => {
  expect(runnerScript('/root/b 1', 'run it.sh', { sudo: false, timeout: 90_500 })).toBe(
    "cd '/root/b 1' && chmod u+x './run it.sh' && exec timeout --kill-after=10 90.5 './run it.sh'",
  )
  expect(runnerScript('/b', 'run.sh', { sudo: true, timeout: 1000 })).toBe(
    'cd /b && chmod u+x ./run.sh && if [ "$(id -u)" -eq 0 ]; then exec timeout --kill-after=10 1 ./run.sh; ' +
      'else exec sudo -n -- timeout --kill-after=10 1 ./run.sh; fi',
  )
})

test('names that an artifact cannot hold', () => {
  expect(portable('12:30/a<b>|"c"*?\\.txt')).toBe('12%3A30/a%3Cb%3E%7C%22c%22%2A%3F%5C.txt')
  expect(portable('#a###[error]b#')).toBe('#a#%23#[error]b#')
})

test('stolen time as a share', () => {
  expect(stealShare('cpu  100 0 0 100 0 0 0 0 0 0', 'cpu  130 0 0 160 0 0 0 10 30 0')).toBe(0.1)
  expect(stealShare('cpu  1 1 1 1 1 1 1 1', 'cpu  1 1 1 1 1 1 1 1')).toBeNull()
  expect(stealShare('', 'nonsense')).toBeNull()
})

test("a pull request's own commits, and none outside GitHub", () => {
  const event = path.join(folder, 'event.json')
  writeFileSync(event, JSON.stringify({ pull_request: { head: { sha: 'h' }, base: { sha: 'b' } } }))
  const at = new Date(0)
  const env = { GITHUB_EVENT_PATH: event, GITHUB_SHA: 'm', GITHUB_RUN_ID: '7', GITHUB_RUN_ATTEMPT: '2' }
  expect(provenance(at, { ...env, GITHUB_EVENT_NAME: 'pull_request' })).toEqual({
    id: '7',
    sha: 'h',
    base: 'b',
    trigger: 'pull_request',
    attempt: 2,
    startedAt: '1970-01-01T00:00:00.000Z',
  })
  expect(provenance(at, { GITHUB_SHA: 'm' })).toMatchObject({ sha: 'm', base: null })
  expect(provenance(at, {})).toMatchObject({ id: null, sha: null, trigger: null, attempt: null })
})

test('the same thing in two files is one result with two iterations; the unknown is told', () => {
  writeFileSync(path.join(folder, 'a.txt'), 'x 1 s\ny 5 IOPS\n')
  writeFileSync(path.join(folder, 'b.txt'), 'x 3 s\n')
  writeFileSync(path.join(folder, 'c'), 'prose\n')
  const files = ['a.txt', 'b.txt', 'c'].map((name) => ({
    path: name,
    own: name,
    bytes: readFileSync(path.join(folder, name)).length,
  }))
  expect(readResults(folder, [...files, { path: 'huge', own: 'huge', bytes: 2 ** 30 }])).toEqual({
    results: [
      { name: 'x', metric: 'time', unit: 's', better: 'lower', samples: [[1, 3]] },
      { name: 'y', metric: 'rate', unit: 'IOPS', better: 'higher', samples: [[5]] },
    ],
    files: [
      { path: 'a.txt', bytes: 15, format: 'lines' },
      { path: 'b.txt', bytes: 6, format: 'lines' },
      { path: 'c', bytes: 6, format: null },
      { path: 'huge', bytes: 2 ** 30, format: null },
    ],
    notes: [
      'c is in no known format: kept as it is',
      'huge has 1 GiB: kept as it is, no results are read from it',
    ],
  })
})

test('what a record does not take is told; files beyond what is read in all are kept as they are', () => {
  writeFileSync(path.join(folder, 'a.txt'), 'x 1 s\n'.repeat(10_001))
  const big = (name: string) => {
    writeFileSync(path.join(folder, name), '')
    return { path: name, own: name, bytes: 2 ** 24 }
  }
  const files = [...['1', '2', '3', '4'].map(big), { path: 'a.txt', own: 'a.txt', bytes: 60_006 }]
  expect(readResults(folder, files).notes.at(-1)).toBe(
    'a.txt: kept as it is, results are read from 64 MiB at most',
  )
  const { results, notes } = readResults(folder, files.slice(-1))
  expect(results[0]?.samples[0]).toHaveLength(10_000)
  expect(notes).toEqual([
    'The record takes at most 10000 results, 10000 values of each and 200000 in all: 1 values are left out of it',
  ])
})

test('numbers for people', () => {
  expect([0, 0.123456, 8123, 708239000, 1e-9, 1e18].map(significant)).toEqual([
    '0',
    '0.1235',
    '8 123',
    '708 200 000',
    '1.000e-9',
    '1.000e+18',
  ])
})

test('no markup of the guest works in the summary', async () => {
  const attack = '<script>x</script>|[a](http://b) `c` **d** ![e](f)\n# g'
  const machine = { kernel: attack, cpuModel: attack, cpus: 2, memory: 1 }
  const record = {
    partial: true,
    problems: [attack],
    environment: { accelerator: 'tcg', guest: machine },
    runner: { name: 'run.sh', seconds: 3 },
    results: Array.from({ length: 300 }, () => ({
      name: attack,
      metric: attack,
      unit: attack,
      better: 'lower',
      samples: [[1, 2]],
    })),
    phases: [{ name: attack, start: 0 }],
    files: [{ path: attack, bytes: 3, format: null }],
  } as unknown as RunRecord
  const cpu = {
    ...({ id: 'guest-cpu', title: 'CPU', unit: '%', times: [1, 2] } as const),
    lines: [{ name: 'busy', values: [null, 50] }],
  }
  const html = await marked(summaryOf(record, undefined, '/somewhere', [cpu]))
  // The one piece of code is the chart of our own.
  expect(html).not.toMatch(/<(?:script|a|img|h1|code(?! class="language-mermaid"))\b/)
  expect(html.match(/<strong>/g)).toHaveLength(2)
  expect(html).toContain('… and 100 more')
  expect(html).toContain('<td align="right">1.5</td>')
})
