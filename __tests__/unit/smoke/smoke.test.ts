import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { run } from '../../../src/runtime/process.js'
import { builtInNames } from '../../../src/smoke/built-in.js'
import type { TestResult } from '../../../src/smoke/result.js'
import { runSmokeTests, type SmokeInputs, type SmokeOutcome } from '../../../src/smoke/smoke.js'
import { writeVm } from '../../../src/vm/state.js'
import { type StandIn, startSshd } from '../../fixtures/sshd.js'

let server: StandIn
let folder: string
beforeAll(async () => {
  server = await startSshd()
})
afterAll(async () => {
  await server.stop()
})
/** What went to the job log; kept from the log of whoever runs these tests, for it holds annotations. */
let log: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'smoke-'))
  log = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    log += chunk.toString()
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const nothing = { version: undefined, partitions: undefined, services: undefined, ports: undefined }
const onlyVersion = { skipChecks: builtInNames.filter((name) => name !== 'version') }

function smoke(yaml: string, given: Partial<SmokeInputs> = {}): Promise<SmokeOutcome> {
  const tests = path.join(folder, 'tests.yml')
  writeFileSync(tests, yaml)
  return runSmokeTests({
    vm: server.folder,
    tests,
    skipChecks: builtInNames,
    declared: nothing,
    isolation: 'shared',
    jobs: 2,
    tags: [],
    shard: undefined,
    durations: undefined,
    failOnConsole: [],
    versionCommand: 'echo v1',
    retries: 0,
    timeout: 20_000,
    reports: path.join(folder, 'reports'),
    ...given,
  })
}

function results(outcome: SmokeOutcome): Record<string, TestResult> {
  return Object.fromEntries(outcome.report.tests.map((result) => [result.name, result]))
}

test('passes, fails and skips by what the guest gives', async () => {
  const outcome = await smoke(`
- { name: passes, run: "echo hello" }
- { name: fails, run: "echo why >&2; exit 3" }
- { name: skips, run: "echo no disk here; exit 77" }
- { name: stops at the first failure, run: "false\\ntrue" }
- { name: expects a status, run: exit 3, expect: { exit: 3 } }
- { name: expects text, run: "echo a b c", expect: { stdout: "b", stderr: "x" } }
- { name: expects a pattern, run: "printf 'a\\\\nb1\\\\nc\\\\n'", expect: { stdout: '/^b\\d$/' } }
- { name: needs a failure, run: "true", needs: [fails] }
- { name: needs a skip, run: "true", needs: [skips] }
- { name: needs success, run: "true", needs: [passes] }
`)
  const seen = results(outcome)
  expect(Object.values(seen).map(({ name, status, reason }) => [name, status, reason])).toEqual([
    ['passes', 'passed', undefined],
    ['fails', 'failed', 'exit status 3, expected 0: why'],
    ['skips', 'skipped', 'no disk here'],
    ['stops at the first failure', 'failed', 'exit status 1, expected 0'],
    ['expects a status', 'passed', undefined],
    ['expects text', 'failed', 'stderr does not contain "x"'],
    ['expects a pattern', 'passed', undefined],
    ['needs a failure', 'skipped', 'it needs fails, which failed'],
    ['needs a skip', 'skipped', 'it needs skips, which was skipped'],
    ['needs success', 'passed', undefined],
  ])
  expect(outcome.report.counts).toEqual({ total: 10, passed: 4, failed: 3, skipped: 3, flaky: 0 })
  expect(log).toMatch(/^ok {4}passes {2}\d\.\d+ s\nFAIL {2}fails {2}\d\.\d+ s .*\n {7}stderr:\n {2}│ why\n/m)
  expect(outcome.error?.message).toBe(
    '3 of 10 smoke tests failed: fails, stops at the first failure, expects text',
  )
  for (const file of Object.values(outcome.files) as string[]) {
    expect(readFileSync(file, 'utf8')).toContain('needs a failure')
  }
})

test('the version that was built is the version that runs', async () => {
  const good = await smoke('- { name: a, run: "true" }', {
    ...onlyVersion,
    declared: { ...nothing, version: 'v1' },
  })
  expect(good.error).toBeUndefined()
  expect(results(good)).toMatchObject({ version: { status: 'passed', source: null } })
  const bad = await smoke('- { name: a, run: "true" }', {
    ...onlyVersion,
    declared: { ...nothing, version: 'v2' },
  })
  expect(results(bad).version?.reason).toBe('stdout is "v1", expected "v2"')
})

test('executables are run in the guest, and their TAP is read', async () => {
  const script = (name: string, text: string): void => {
    writeFileSync(path.join(folder, name), text)
    chmodSync(path.join(folder, name), 0o755)
  }
  script("it's executable", '#!/bin/sh\necho "$0 in $PWD"; cat; test "$(ls)" = "it\'s executable"\n')
  script('tap', '#!/bin/sh\necho "1..2"; echo "ok 1 - one"; echo "not ok 2 - two"\n')
  script('skip', '#!/bin/sh\nexit 77\n')
  const seen = results(await smoke('- { name: a, run: "true" }', { tests: folder }))
  const [, home = ''] = /in (.*)/.exec(seen["it's executable"]?.stdout ?? '') ?? []
  expect(seen["it's executable"]).toMatchObject({ status: 'passed' })
  expect(home).toMatch(/^\//)
  expect(existsSync(home)).toBe(false)
  expect(seen.skip).toMatchObject({ status: 'skipped', reason: 'exit status 77' })
  expect(seen.tap).toMatchObject({
    status: 'failed',
    reason: '1 of 2 subtests failed: two',
    subtests: [
      { name: 'one', status: 'passed' },
      { name: 'two', status: 'failed' },
    ],
  })
})

test('within waits for a test to become true, and no longer', async () => {
  const count = path.join(folder, 'count')
  const seen = results(
    await smoke(`
- { name: becomes, run: "echo x >> ${count}; test $(wc -l < ${count}) -ge 3", within: 10s }
- { name: never, run: "exit 4", within: 1s }
- { name: hangs, run: "sleep 60", within: 1s }
`),
  )
  expect(seen.becomes).toMatchObject({ status: 'passed', flaky: false, attempts: [{ tries: 3 }] })
  expect(seen.never).toMatchObject({ reason: 'not true within 1.0 s: exit status 4, expected 0' })
  expect(seen.never?.seconds).toBeLessThan(8)
  expect(seen.hangs).toMatchObject({ reason: 'not true within 1.0 s: no end within 1.0 s' })
})

test('a test that passes only on retry is flaky', async () => {
  const flag = path.join(folder, 'flag')
  const outcome = await smoke(
    `
- { name: wavers, run: "test -e ${flag} || { touch ${flag}; exit 9; }" }
- { name: broken, run: "exit 1" }
`,
    { retries: 2 },
  )
  const { wavers, broken } = results(outcome)
  expect(wavers).toMatchObject({ status: 'passed', flaky: true, reason: 'exit status 9, expected 0' })
  expect(wavers?.attempts.map(({ status }) => status)).toEqual(['failed', 'passed'])
  expect(broken?.attempts).toHaveLength(3)
  expect(outcome.report.counts).toMatchObject({ passed: 1, failed: 1, flaky: 1 })
})

test('a test that takes too long is ended in the guest, with what it started', async () => {
  const seconds = `7${process.pid}`
  const seen = results(
    await smoke(`- { name: slow, run: "echo begun; sleep ${seconds} & sleep ${seconds}", timeout: 1s }`),
  )
  expect(seen.slow).toMatchObject({ status: 'failed', reason: 'no end within 1.0 s', stdout: 'begun' })
  expect(seen.slow?.attempts[0]).toMatchObject({ timedOut: true })
  await setTimeout(100)
  await expect(run(['pgrep', '-f', `^sleep ${seconds}$`])).rejects.toThrow('exit status 1')
})

test('hostile names and output reach the log and the reports inert', async () => {
  const outcome = await smoke(`
- name: "</failure> ::error:: ##[error] | #"
  run: |
    printf '::error::a\\r::error::b\\n##[error]c\\n'
    exit 1
`)
  const live = /(?:^|[\r\n])\s*::(?!error title=Smoke test <\/failure> )|##\[/
  expect(log).not.toMatch(live)
  expect(log).toContain('FAIL  </failure> ::error:: #\\#[error] | #')
  for (const file of Object.values(outcome.files) as string[]) {
    expect(readFileSync(file, 'utf8')).not.toMatch(live)
  }
})

/** Starts three tests, and resolves once the second of them is under way. */
async function underWay(vm: string): Promise<{ readonly outcome: Promise<SmokeOutcome> }> {
  const flag = path.join(folder, 'under-way')
  const outcome = smoke(
    `
- { name: before, run: "true" }
- { name: culprit, run: "touch ${flag}; sleep 60" }
- { name: after, run: "true" }
`,
    { vm },
  )
  for (let waited = 0; !existsSync(flag) && waited < 20_000; waited += 20) await setTimeout(20)
  return { outcome }
}

test('a boot_id is what the guest says it is, and reaches the reports inert', async () => {
  writeVm(server.folder, { ...server.vm, bootId: '\u001b[0m##[error]x\n::error::y' })
  const { report, files } = await smoke('- { name: a, run: "true" }').finally(() => {
    writeVm(server.folder, server.vm)
  })
  expect(report.vm.bootId).toBe('#\\#[error]x\\n::error::y')
  for (const file of [files.json, files.junit]) expect(readFileSync(file, 'utf8')).not.toContain('##[')
})

test('when the VM dies its failure is the outcome, and every test has a result', async () => {
  const other = await startSshd()
  try {
    const running = await underWay(other.folder)
    await other.die()
    const outcome = await running.outcome
    expect(outcome.error).toMatchObject({ class: 'kernel-panic' })
    expect(outcome.report.failure).toMatchObject({ class: 'kernel-panic' })
    expect(outcome.report.tests.map(({ status, reason }) => [status, reason])).toEqual([
      ['passed', undefined],
      ['failed', 'the VM died (kernel-panic: the guest kernel panicked)'],
      ['skipped', 'the VM died (kernel-panic: the guest kernel panicked) during culprit'],
    ])
    expect(readFileSync(outcome.files.junit, 'utf8')).toContain('during culprit')

    const late = await smoke('- { name: a, run: "true" }', { vm: other.folder })
    expect(late.error).toMatchObject({ class: 'kernel-panic' })
    expect(late.report.counts).toMatchObject({ total: 1, skipped: 1 })
  } finally {
    await other.stop()
  }
})

test('a test that takes the connection away is named, and the next has a new one', async () => {
  const other = await startSshd()
  try {
    const running = await underWay(other.folder)
    other.disconnect()
    const outcome = await running.outcome
    expect(outcome.report.tests.map(({ reason }) => reason)).toEqual([
      undefined,
      'the connection to the guest was lost',
      undefined,
    ])
    expect(outcome.error?.message).toBe('1 of 3 smoke tests failed: culprit')
  } finally {
    await other.stop()
  }
})

test('nothing to run, and no VM to run in, are errors', async () => {
  await expect(smoke('', { tests: undefined, skipChecks: builtInNames })).rejects.toThrow(
    'Input tests: "" is not valid',
  )
  await expect(smoke('- { name: a, run: "true" }', { vm: folder })).rejects.toThrow(/^Input vm: /)
})
