import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { CommandError, run } from '../../../src/runtime/process.js'
import { builtInChecks, type BuiltInName } from '../../../src/smoke/built-in.js'

let bin: string
beforeEach(() => {
  bin = mkdtempSync(path.join(tmpdir(), 'bin-'))
})
afterEach(() => {
  rmSync(bin, { recursive: true })
})

const checks = (skip: BuiltInName[] = [], expectVersion?: string) =>
  builtInChecks({ timeout: 1000, expectVersion, versionCommand: 'cat /version', skip })

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

test('version is checked where one is expected; each check goes by name', () => {
  expect(checks().map(({ name }) => name)).toEqual(['system-running', 'failed-units'])
  expect(checks(['failed-units'], 'v1').map(({ name }) => name)).toEqual(['system-running', 'version'])
  expect(checks(['system-running', 'failed-units'], 'v1')[0]).toMatchObject({
    action: { script: 'cat /version' },
    expect: { exit: 0, stdout: { equals: 'v1' } },
  })
})
