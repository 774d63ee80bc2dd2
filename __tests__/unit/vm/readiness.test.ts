import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Attempt, untilReady } from '../../../src/vm/supervisor/readiness.js'
import { type StandIn, startSshd } from '../../fixtures/sshd.js'

let guest: StandIn

beforeAll(async () => {
  guest = await startSshd()
})
afterAll(async () => {
  await guest.stop()
})

/** No QEMU stands between us and the stand-in: the network is up, and what it has taken is not told. */
const cardUp = {
  execute: (command: string) =>
    Promise.resolve(command === 'query-rx-filter' ? [{ 'multicast-table': ['01:00:5e:00:00:01'] }] : ''),
}

const bootId = '0f3c9a52-7d0e-4b7e-9a55-3d2f6c1b8e90'

test.each([
  ['a workflow command', '##[error]x'],
  ['more than a UUID', `${bootId}\n##[error]x`],
  ['a UUID and more than is kept', bootId + '\n'.repeat(100_000)],
])('a guest that answers with %s is not ready before it gives its boot_id', async (_, lie) => {
  const answer = path.join(guest.folder, 'answer')
  const authorized = `${guest.vm.ssh.identityFile}.pub`
  const [key = ''] = /ssh-ed25519 .*/.exec(readFileSync(authorized, 'utf8')) ?? []
  // Source: sshd(8), AUTHORIZED_KEYS FILE FORMAT: whatever command is sent, this one runs.
  writeFileSync(authorized, `command="cat ${answer}" ${key}\n`)
  writeFileSync(answer, lie)
  const attempts: Attempt[] = []
  const ready = untilReady({
    qmp: cardUp,
    port: guest.vm.ssh.port ?? 0,
    configFile: guest.vm.ssh.configFile,
    signal: AbortSignal.timeout(20_000),
    onListening: () => undefined,
    onAttempt: (kind) => {
      attempts.push(kind)
      writeFileSync(answer, `${bootId}\n`)
    },
  })
  expect(await ready).toBe(bootId)
  expect(attempts).toEqual(['other'])
})
