/** Guests that go wrong: a boot sector in the place of a system, in a real QEMU. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bootSector } from '../fixtures/boot-sector.js'
import { within } from '../fixtures/processes.js'
import { Bench, consoleOf, expectClass, fate } from './fault.js'

let bench: Bench

beforeEach(() => {
  bench = new Bench()
})

afterEach(async () => {
  await bench.expectNothingLeft().finally(() => {
    bench.end()
  })
})

test('a guest that hangs is a boot-timeout at the deadline', async () => {
  const vm = await bench.boot({ image: bootSector(bench.folder, 'hang'), timeout: 4000 })
  const end = await fate(vm.ready())
  expectClass(end, 'boot-timeout')
  expect(end.failure.stage).toBe('bootloader')
  expect(end.seconds).toBeGreaterThan(3)
  expect(end.seconds).toBeLessThan(9)
})

test('a guest that restarts again and again is a boot-loop', async () => {
  const vm = await bench.boot({ image: bootSector(bench.folder, 'tripleFault') })
  const end = await fate(vm.ready())
  expectClass(end, 'boot-loop')
  expect(end.failure.evidence.join('\n')).toContain('Booting from Hard Disk')
  expect(end.seconds).toBeLessThan(20)
})

test('a panic is known within 2 s of its line, and shows it', async () => {
  const panic = '[    1.234567] Kernel panic - not syncing: VFS: Unable to mount root fs'
  const vm = await bench.boot({ image: bootSector(bench.folder, 'print', `\n${panic}\n`) })
  const dead = fate(vm.ready())
  await within(20_000, () => consoleOf(vm.folder).includes(panic))
  const printed = performance.now()
  const end = await dead
  expectClass(end, 'kernel-panic')
  expect(end.failure.evidence[0]).toBe(panic)
  expect(performance.now() - printed).toBeLessThan(2000)
})

test.each(['bios', 'auto'])(
  'a disk with nothing to boot is a bootloader failure (firmware: %s)',
  async (firmware) => {
    const image = path.join(bench.folder, 'empty.img')
    writeFileSync(image, Buffer.alloc(2 ** 20))
    const vm = await bench.boot({ image, firmware })
    expectClass(await fate(vm.ready()), 'bootloader')
  },
)

test('a guest that floods its console still ends at the deadline, its log within the limit', async () => {
  const vm = await bench.boot({
    image: bootSector(bench.folder, 'flood', '0123456789 and so on without an end\n'),
    timeout: 5000,
  })
  const end = await fate(vm.ready())
  expectClass(end, 'boot-timeout')
  expect(end.seconds).toBeLessThan(10)
  const logs = readdirSync(vm.folder).filter((name) => name.startsWith('console.log'))
  const bytes = logs.reduce((sum, name) => sum + statSync(path.join(vm.folder, name)).size, 0)
  expect(logs).toContain('console.log.1')
  expect(bytes).toBeLessThanOrEqual(2 ** 16)
})

test('a guest that switches itself off is told as that', async () => {
  const vm = await bench.boot({ image: bootSector(bench.folder, 'switchOff') })
  const end = await fate(vm.ready())
  expectClass(end, 'qemu-exit')
  expect(end.failure.message).toBe('the guest switched itself off')
})
