/** What can happen to a VM from its host: QEMU, the supervisor and the waiting boot are killed or stopped. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import type { BootingVm } from '../../src/vm/boot.js'
import { readVm } from '../../src/vm/state.js'
import { stopVm } from '../../src/vm/stop.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { run } from '../../src/runtime/process.js'
import { bootSector, diskAddress } from '../fixtures/boot-sector.js'
import { alive, within } from '../fixtures/processes.js'
import { Bench, expectClass, fate } from './fault.js'

let bench: Bench

beforeEach(() => {
  bench = new Bench()
})

afterEach(async () => {
  await bench.expectNothingLeft().finally(() => {
    bench.end()
  })
})

/** A guest that hangs, its QEMU running. */
async function hanging(): Promise<BootingVm & { pid: number; supervisorPid: number }> {
  const vm = await bench.boot({ image: bootSector(bench.folder, 'hang') })
  await within(10_000, () => readVm(vm.folder).ssh.port !== null)
  const { pid, supervisorPid } = readVm(vm.folder)
  return { ...vm, pid: pid ?? 0, supervisorPid }
}

test('QEMU killed is a qemu-exit within 2 s', async () => {
  const vm = await hanging()
  const dead = fate(vm.ready())
  process.kill(vm.pid, 'SIGKILL')
  const end = await dead
  expectClass(end, 'qemu-exit')
  expect(end.failure.message).toContain('SIGKILL')
  expect(end.seconds).toBeLessThan(2)
})

test('QEMU stopped is qemu-frozen', async () => {
  const vm = await hanging()
  const dead = fate(vm.ready())
  process.kill(vm.pid, 'SIGSTOP')
  const end = await dead
  expectClass(end, 'qemu-frozen')
  expect(end.seconds).toBeLessThan(5)
})

test('a killed supervisor takes QEMU with it, and the waiting boot fails at once', async () => {
  const vm = await hanging()
  const dead = fate(vm.ready())
  process.kill(vm.supervisorPid, 'SIGKILL')
  const end = await dead
  expectClass(end, 'qemu-exit')
  expect(end.failure.message).toContain('supervisor')
  expect(end.seconds).toBeLessThan(2)
  expect(await within(1000, () => !alive(vm.pid))).toBe(true)
})

test('a supervisor that was stopped cannot keep the VM from being ended', async () => {
  const vm = await hanging()
  process.kill(vm.supervisorPid, 'SIGSTOP')
  const started = performance.now()
  await stopVm(vm.folder)
  expect(performance.now() - started).toBeLessThan(7000)
  expect(await within(1000, () => !alive(vm.pid))).toBe(true)
})

test.each(['SIGKILL', 'SIGINT'] as const)('a boot that gets %s takes its VM with it', async (signal) => {
  const options = bootOptions({ image: bootSector(bench.folder, 'hang'), stateRoot: bench.folder })
  const root = path.resolve(import.meta.dirname, '../..')
  const script = `
    import { startVm } from './src/vm/boot.js'
    await (await startVm(JSON.parse(process.argv[1]))).ready()`
  const boot = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script, JSON.stringify(options)],
    { cwd: root, stdio: 'ignore' },
  )
  const ended = once(boot, 'exit')
  await within(20_000, () => bench.vms().some(({ ssh }) => ssh.port !== null))
  boot.kill(signal)
  await ended
  const [vm] = bench.vms()
  expect(vm?.pid).toBeGreaterThan(0)
  expect(await within(3000, () => !alive(vm?.pid ?? 0) && !alive(vm?.supervisorPid ?? 0))).toBe(true)
  expect(bench.vms()[0]?.state).toBe('stopped')
})

test('a VM tells which ports of the host QEMU picked', async () => {
  const image = bootSector(bench.folder, 'hang')
  const { folder } = await bench.boot({ image, forward: [{ host: 0, guest: 80 }] })
  await within(10_000, () => readVm(folder).ssh.port !== null)
  const { ssh, forward } = readVm(folder)
  await stopVm(folder)
  expect(forward).toEqual([{ host: expect.any(Number), guest: 80 }])
  expect([0, ssh.port]).not.toContain(forward[0]?.host)
})

test('a VM whose state folder is deleted ends within 2 s, and who waits for it learns why', async () => {
  const vm = await hanging()
  const dead = fate(vm.ready())
  rmSync(vm.folder, { recursive: true })
  const end = await dead
  expectClass(end, 'qemu-exit')
  expect(end.failure.message).toContain('state folder')
  expect(end.seconds).toBeLessThan(2.5)
  expect(await within(1000, () => !alive(vm.pid) && !alive(vm.supervisorPid))).toBe(true)
})

// Only root may mount a small file system to fill.
const asRoot = userInfo().uid === 0 ? describe : describe.skip

asRoot('on a disk of the host that is full', () => {
  let small: string

  beforeEach(async () => {
    small = path.join(bench.folder, 'small')
    mkdirSync(small)
    await run(['mount', '-t', 'tmpfs', '-o', 'size=1M', 'tmpfs', small])
  })

  afterEach(async () => {
    await run(['umount', '--lazy', small])
  })

  test('a guest whose disk cannot grow is a disk-full', async () => {
    const image = bootSector(bench.folder, 'fillDisk', diskAddress)
    const vm = await bench.boot({ image, diskSize: 2 ** 26, stateRoot: small })
    expectClass(await fate(vm.ready()), 'disk-full')
  })

  test('a guest whose console cannot be kept is a disk-full', async () => {
    const image = bootSector(bench.folder, 'flood', '0123456789 and so on without an end\n')
    const vm = await bench.boot({ image, consoleLimit: 2 ** 26, stateRoot: small })
    expectClass(await fate(vm.ready()), 'disk-full')
  }, 90_000)
})

test('a VM ends at its max-lifetime', async () => {
  const vm = await bench.boot({ image: bootSector(bench.folder, 'hang'), maxLifetime: 2000 })
  expectClass(await fate(vm.ready()), 'lifetime')
})

test('a stopped VM leaves its log and state, and neither disk nor host key', async () => {
  const vm = await hanging()
  const dead = fate(vm.ready())
  expect((await stopVm(vm.folder))?.state).toBe('stopped')
  expectClass(await dead, 'qemu-exit')
  const there = [
    'console.log',
    'vm.json',
    'overlay.qcow2',
    'host_ed25519',
    'credential-0',
    'supervisor.sock',
    'qmp.sock',
  ]
  expect(there.filter((name) => existsSync(path.join(vm.folder, name)))).toEqual(['console.log', 'vm.json'])
})
