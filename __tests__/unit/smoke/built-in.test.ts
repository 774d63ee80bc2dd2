import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { CommandError, run } from '../../../src/runtime/process.js'
import { builtInChecks, type BuiltInName, builtInNames } from '../../../src/smoke/built-in.js'
import { wrongClock, wrongKernelLog, wrongNames, wrongPorts } from '../../../src/smoke/built-in-judges.js'
import type { GuestResult } from '../../../src/ssh/session.js'
import { failureSigns } from '../../../src/vm/failures.js'

let bin: string
beforeEach(() => {
  bin = mkdtempSync(path.join(tmpdir(), 'bin-'))
})
afterEach(() => {
  rmSync(bin, { recursive: true })
})

const nothing = { version: undefined, partitions: undefined, services: undefined, ports: undefined }

const checks = (skip: BuiltInName[] = [], expectVersion?: string) =>
  builtInChecks({
    timeout: 1000,
    declared: { ...nothing, version: expectVersion },
    versionCommand: 'cat /version',
    skip,
  })

/** Runs a check with commands of ours in the place of systemd's. */
async function check(
  name: BuiltInName,
  commands: Record<string, string>,
): Promise<{ exit: number | undefined; stdout: string; stderr: string }> {
  for (const [command, script] of Object.entries(commands)) {
    writeFileSync(path.join(bin, command), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  const action = checks().find((candidate) => candidate.name === name)?.action
  const script = action !== undefined && 'script' in action ? action.script : ''
  const env = { PATH: `${bin}:/usr/bin:/bin` }
  return run(['timeout', '-k', '5', '2', 'sh', '-ec', script], { env }).then(
    ({ stdout, stderr }) => ({ exit: 0, stdout, stderr }),
    (error: unknown) => {
      if (!(error instanceof CommandError)) throw error
      return { exit: error.exitCode, stdout: error.stdout, stderr: error.stderr }
    },
  )
}

test.each([
  ['running', 0],
  ['degraded', 0],
  ['maintenance', 1],
])('system-running: %s gives exit status %i', async (state, exit) => {
  const given = await check('system-running', { systemctl: `echo ${state}; test ${state} = running` })
  expect(given).toMatchObject({ exit, stdout: `${state}\n` })
})

test('system-running says at the time limit what is still awaited', async () => {
  const systemctl = 'case "$1" in list-jobs) echo "12 slow.service start running" ;; *) sleep 30 ;; esac'
  const given = await check('system-running', { systemctl })
  expect(given.exit).toBe(124)
  expect(given.stdout).toContain('slow.service')
})

test('failed-units names each with its last journal lines', async () => {
  const given = await check('failed-units', {
    systemctl: `echo 'a.service loaded failed failed A'; echo 'b\\x2dc.service loaded failed failed B'`,
    journalctl: 'echo "journal of $1"',
  })
  expect(given).toMatchObject({ exit: 1, stderr: 'failed: a.service b\\x2dc.service\n' })
  expect(given.stdout).toContain('journal of --unit=a.service\n')
  expect(given.stdout).toContain('journal of --unit=b\\x2dc.service\n')
})

test('failed-units passes without any, and not because it could not ask', async () => {
  expect((await check('failed-units', { systemctl: 'true' })).exit).toBe(0)
  expect((await check('failed-units', { systemctl: 'exit 1' })).exit).toBe(1)
})

test('what is declared is checked, and each check goes by its name', () => {
  const always = ['system-running', 'failed-units', 'kernel-log', 'clock', 'slots']
  expect(checks().map(({ name }) => name)).toEqual(always)
  expect(checks(always as BuiltInName[], 'v1')).toMatchObject([
    { name: 'version', action: { script: 'cat /version' }, expect: { exit: 0, stdout: { equals: 'v1' } } },
  ])
  const declared = { version: 'v1', partitions: ['esp'], services: ['a.service'], ports: [22] }
  const all = builtInChecks({ timeout: 1000, declared, versionCommand: 'true', skip: [] })
  expect(all.map(({ name }) => name)).toEqual(builtInNames)
  expect(builtInChecks({ timeout: 1000, declared, versionCommand: 'true', skip: builtInNames })).toEqual([])
})

test('services tells which are not active', async () => {
  const systemctl = 'case "$2" in b*) echo failed; exit 3 ;; esac; echo active'
  const [services] = builtInChecks({
    ...{ timeout: 1000, versionCommand: 'true', skip: builtInNames.filter((name) => name !== 'services') },
    declared: { ...nothing, services: ['a.service', 'b.service', "b'.mount"] },
  })
  const action = services?.action
  writeFileSync(path.join(bin, 'systemctl'), `#!/bin/sh\n${systemctl}\n`, { mode: 0o755 })
  const script = action !== undefined && 'script' in action ? action.script : ''
  await expect(run(['sh', '-ec', script], { env: { PATH: `${bin}:/usr/bin:/bin` } })).rejects.toThrow(
    "not active: b.service (failed) b'.mount (failed)",
  )
})

const said = (stdout: string, milliseconds = 100): GuestResult => ({
  ...{ stdout, milliseconds, stderr: '', exitCode: 0, timedOut: false, truncated: false },
})

test('the kernel log is read by the table of the console', () => {
  expect(
    wrongKernelLog(said('[    1.0] Linux version 6.1\n[    2.0] EXT4-fs (vda3): mounted\n')),
  ).toBeUndefined()
  for (const { example, message } of failureSigns.filter(({ example: line }) => line.startsWith('['))) {
    expect(wrongKernelLog(said(`[    1.0] Linux version\n${example}\n`))).toBe(`${message}: ${example}`)
  }
})

test('a clock is right within seconds, whatever the call took', () => {
  const now = Math.floor(Date.now() / 1000)
  expect(wrongClock(said(`${now}\n`))).toBeUndefined()
  expect(wrongClock(said(`${now - 20}\n`, 20_000))).toBeUndefined()
  expect(wrongClock(said(`${now - 60}\n`))).toMatch(/^its clock is (?:59|60) s behind the host's$/)
  expect(wrongClock(said(`${now + 60}\n`))).toMatch(/^its clock is (?:59|60) s ahead of the host's$/)
})

test('ports are those that others can reach, of this very machine', async () => {
  const server = createServer().listen(0, '0.0.0.0')
  const inside = createServer().listen(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), once(inside, 'listening')])
  const [open, hidden] = [server, inside].map((each) => (each.address() as AddressInfo).port)
  try {
    const tcp = readFileSync('/proc/net/tcp', 'utf8')
    expect(wrongPorts([])(said(tcp))).toMatch(new RegExp(`^not declared: .*\\b${String(open)}\\b`))
    expect(wrongPorts([])(said(tcp))).not.toMatch(new RegExp(`\\b${String(hidden)}\\b`))
  } finally {
    server.close()
    inside.close()
  }
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt',
    '   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0',
    '   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0',
    '   2: 0F02000A:0016 0202000A:9C40 01 00000000:00000000 02:00000000 00000000     0',
    '   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0',
    '   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0',
    '   2: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 0',
  ].join('\n')
  expect(wrongPorts([22])(said(table))).toBeUndefined()
  expect(wrongPorts([443])(said(table))).toBe('not there: 443; not declared: 22')
})

test('partitions are all that are declared and no others', () => {
  expect(wrongNames(['esp', 'A_root'])(said('A_root\nesp\n'))).toBeUndefined()
  expect(wrongNames(['esp', 'B_root'])(said('A_root\nesp\n'))).toBe('not there: B_root; not declared: A_root')
})
