/** Guests that go wrong: a boot sector in the place of a system, in a real QEMU. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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

test('a line that fail-on-console matches fails the boot, and shows it', async () => {
  const vm = await bench.boot({
    image: bootSector(bench.folder, 'print', '\nreplica[412]: fatal: no subnet\n'),
    consoleRules: { fail: ['replica.*fatal'], allow: [] },
  })
  const end = await fate(vm.ready())
  expectClass(end, 'console')
  expect(end.failure.evidence[0]).toBe('replica[412]: fatal: no subnet')
  expect(end.seconds).toBeLessThan(10)
})

test('a panic that allow-on-console matches is none', async () => {
  const vm = await bench.boot({
    image: bootSector(bench.folder, 'print', '\n[ 1.0] Kernel panic - not syncing: by the test\n'),
    consoleRules: { fail: [], allow: ['by the test$'] },
    timeout: 4000,
  })
  expectClass(await fate(vm.ready()), 'boot-timeout')
})

test('a configuration stick is on the guest’s USB bus: SeaBIOS starts what is on it', async () => {
  const image = path.join(bench.folder, 'empty.img')
  writeFileSync(image, Buffer.alloc(2 ** 20))
  const configMedia = bootSector(bench.folder, 'print', '\nread from the stick\n')
  const vm = await bench.boot({
    image,
    configMedia,
    // SeaBIOS starts the first hard disk alone.
    extraArgs: ['-global', 'usb-storage.bootindex=0'],
    timeout: 20_000,
    consoleRules: { fail: ['^read from the stick'], allow: [] },
  })
  expectClass(await fate(vm.ready()), 'console')
})

test('what it takes to see a death again is kept, and the command that does it', async () => {
  const vm = await bench.boot({
    image: bootSector(bench.folder, 'print', '\n[ 1.0] Kernel panic - not syncing: f\n'),
  })
  await fate(vm.ready())
  const repro = path.join(vm.folder, 'repro')
  expect(readdirSync(repro).sort()).toEqual(['console.log', 'overlay.qcow2', 'repro.json'])
  const { rerun } = JSON.parse(readFileSync(path.join(repro, 'repro.json'), 'utf8')) as { rerun: string }
  expect(rerun).toMatch(/^npm run vm -- \/\S+print\.img --memory=67108864 .*--firmware=bios/)
})

test('a guest that switches itself off is told as that', async () => {
  const vm = await bench.boot({ image: bootSector(bench.folder, 'switchOff') })
  const end = await fate(vm.ready())
  expectClass(end, 'qemu-exit')
  expect(end.failure.message).toBe('the guest switched itself off')
})
