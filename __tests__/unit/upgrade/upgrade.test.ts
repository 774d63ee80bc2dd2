/** What an upgrade does before the guest restarts, on a stand-in that cannot: the e2e test has the rest, on a real VM. */
import { readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { upgradeSummary } from '../../../src/upgrade/summary.js'
import { runUpgrade, type UpgradeOutcome } from '../../../src/upgrade/upgrade.js'
import type { UpgradeInputs } from '../../../src/upgrade/inputs.js'
import { type StandIn, startSshd } from '../../fixtures/sshd.js'

let server: StandIn
let folder: string
let log: string

beforeAll(async () => {
  server = await startSshd()
})
afterAll(async () => {
  await server.stop()
})
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'upgrade-'))
  writeFileSync(path.join(folder, 'update'), Buffer.alloc(3_000_000, 'update'))
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

function upgrade(given: Partial<UpgradeInputs>): Promise<UpgradeOutcome> {
  return runUpgrade({
    vm: server.folder,
    updateImage: path.join(folder, 'update'),
    expect: 'success',
    expectVersion: undefined,
    installCommand: `cat > ${folder}/received; echo '::error::not for me' >&2; exit 3`,
    slotCommand: 'echo A',
    versionCommand: 'echo v1',
    healthCommand: 'true',
    timeout: 60_000,
    ...given,
  })
}

test('the update reaches the install command whole; a refusal is a failure, and what rollback expects', async () => {
  const refused = await upgrade({})
  const received = readFileSync(path.join(folder, 'received'))
  expect(received.equals(readFileSync(path.join(folder, 'update')))).toBe(true)
  expect(refused.problem).toMatchObject({
    class: 'update-refused',
    message: 'install-command ended with status 3: ::error::not for me',
  })
  expect(log).not.toMatch(/^::error::/m)
  expect(refused.after).toMatchObject({ slot: 'A', version: 'v1' })
  expect((await upgrade({ expect: 'rollback' })).problem).toBeUndefined()
}, 60_000)

test('an install command that does not read its input is no worse than one that does', async () => {
  expect((await upgrade({ installCommand: 'exit 4' })).problem?.message).toContain('status 4')
})

test('a guest that is not well where it stays is a failure', async () => {
  const { problem } = await upgrade({ expect: 'rollback', healthCommand: 'echo degraded; exit 1' })
  expect(problem).toMatchObject({ class: 'unit-failed', message: expect.stringContaining('degraded') })
})

test.each([
  [{ slotCommand: 'echo A trial' }, 'Slot A is on trial itself'],
  [{ slotCommand: 'true' }, 'slot-command printed nothing'],
  [{ versionCommand: 'echo no file >&2; exit 2' }, 'version-command failed with status 2: no file'],
])('%j is told before anything is installed', async (given, message) => {
  const outcome = await upgrade(given)
  expect(outcome.problem?.message).toBe(message)
  expect(outcome.timings).toEqual({})
})

test('what takes too long is ended', async () => {
  const { problem } = await upgrade({ installCommand: 'sleep 60', timeout: 3000 })
  expect(problem).toMatchObject({
    class: 'boot-timeout',
    message: 'the upgrade had not come to an end within 3.0 s: the guest has not restarted',
  })
})

test('a VM that dies during the installation is the failure', async () => {
  const other = await startSshd()
  try {
    const outcome = upgrade({ vm: other.folder, installCommand: `cat > ${folder}/received; sleep 60` })
    for (let size = 0; size < 3_000_000;) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      size = readFileSync(path.join(folder, 'received'), { flag: 'a+' }).length
    }
    await other.die()
    expect((await outcome).problem).toMatchObject({ class: 'kernel-panic' })
  } finally {
    await other.stop()
  }
})

test('the summary shows what the guest said as text', () => {
  const system = { slot: 'A', settled: true, version: '<b>|v1', machineId: 'm', bootId: 'b' }
  const text = upgradeSummary(
    { expect: 'success' },
    { before: system, after: undefined, timings: { copy: 1.23 }, problem: new Error('<i>') },
  )
  expect(text).toContain('| before | A | &#60;b&#62;&#124;v1 |')
  expect(text).toContain('| copy | 1.2 |')
  expect(text).not.toMatch(/<[bi]>/)
})
