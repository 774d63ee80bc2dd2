import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { probeCommand, probeDisk, settleAcceleration } from '../../../src/vm/acceleration.js'
import { run } from '../../../src/runtime/process.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'acceleration-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('tcg is taken without a look at the host', async () => {
  expect(await settleAcceleration('tcg', '/nowhere')).toEqual({ kind: 'tcg', reason: 'asked for' })
})

test('without the device auto says so and kvm fails, with advice', async () => {
  expect(await settleAcceleration('auto', '/nowhere')).toEqual({
    kind: 'tcg',
    reason: 'this machine has no /nowhere',
  })
  await expect(settleAcceleration('kvm', '/nowhere')).rejects.toMatchObject({
    class: 'acceleration',
    message: 'this machine has no /nowhere',
    advice: expect.stringContaining('accelerator: auto'),
  })
})

// Root may open anything.
const asUser = userInfo().uid === 0 ? test.skip : test

asUser('without permission it says how to get it', async () => {
  const device = path.join(folder, 'kvm')
  writeFileSync(device, '')
  chmodSync(device, 0)
  await expect(settleAcceleration('kvm', device)).rejects.toMatchObject({
    message: `this user may not open ${device}`,
    advice: expect.stringContaining('udev'),
  })
})

test('the probe runs a guest on the bare machine, under KVM alone', () => {
  const command = probeCommand('/a,b/disk')
  expect(command.slice(0, 3)).toEqual(['qemu-system-x86_64', '-no-user-config', '-nodefaults'])
  expect(command.join(' ')).toContain('-accel kvm -cpu host')
  expect(command.join(' ')).toContain('file=/a,,b/disk')
})

test('the probe’s guest reports in where a guest runs at all', async () => {
  const disk = path.join(folder, 'disk')
  writeFileSync(disk, probeDisk())
  const emulated = probeCommand(disk).map((word) => ({ kvm: 'tcg', host: 'max' })[word] ?? word)
  await expect(run(emulated, { timeout: 20_000 })).rejects.toMatchObject({ exitCode: 99 })
})

const onKvm = existsSync('/dev/kvm') ? test : test.skip

onKvm('this host’s own KVM, working or broken, is settled within the deadline', async () => {
  const started = performance.now()
  const { kind, reason } = await settleAcceleration('auto')
  expect(performance.now() - started).toBeLessThan(6000)
  expect(reason).toMatch(
    kind === 'kvm'
      ? /a probe guest ran under KVM/
      : /\/dev\/kvm is there but a guest does not run.*\(.+\)|may not open/,
  )
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('kvm-probe-'))).toEqual([])
})
