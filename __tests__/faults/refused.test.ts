/** VMs that never get to run a guest. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, truncateSync } from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { InputError } from '../../src/runtime/errors.js'
import { run } from '../../src/runtime/process.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { bootSector } from '../fixtures/boot-sector.js'
import { liveCommands } from '../fixtures/live-commands.js'
import { Bench, expectClass, fate } from './fault.js'

/** Milliseconds that a process of the test itself takes until the step's first line, compiling included. */
const startOfNode = 3000

let bench: Bench
let image: string

beforeEach(() => {
  bench = new Bench()
  image = bootSector(bench.folder, 'hang')
})

afterEach(async () => {
  await bench.expectNothingLeft().finally(() => {
    bench.end()
  })
})

test.each(['ssh-port', 'forward'])('a taken port in %s is a port failure', async (input) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const vm = await bench.boot(
    input === 'forward' ? { image, forward: [{ host: port, guest: 80 }] } : { image, sshPort: port },
  )
  const end = await fate(vm.ready())
  expectClass(end, 'port')
  expect(end.failure.message).toContain(String(port))
  expect(end.seconds).toBeLessThan(2)
  server.close()
})

test('firmware that is not there is a wrong input, before anything starts', async () => {
  await expect(bench.boot({ image, firmware: '/nowhere/OVMF.fd' })).rejects.toThrow(InputError)
  expect(bench.vms()).toEqual([])
})

test('a file that is no firmware is a boot-timeout in stage firmware', async () => {
  const vm = await bench.boot({ image, firmware: image, timeout: 2000 })
  const end = await fate(vm.ready())
  expectClass(end, 'boot-timeout')
  expect(end.failure.stage).toBe('firmware')
})

test('a truncated image is image-corrupt, before anything starts', async () => {
  const qcow2 = path.join(bench.folder, 'disk.qcow2')
  await run(['qemu-img', 'convert', '-O', 'qcow2', image, qcow2])
  truncateSync(qcow2, 2 ** 17)
  expectClass(await fate(bench.boot({ image: qcow2 })), 'image-corrupt')
  expectClass(await fate(bench.boot({ image, imageDigest: `sha256:${'0'.repeat(64)}` })), 'image-corrupt')
  expect(bench.vms()).toEqual([])
})

test('an argument that QEMU does not know is a qemu-exit in its own words', async () => {
  const vm = await bench.boot({ image, extraArgs: ['-nonsense'] })
  const end = await fate(vm.ready())
  expectClass(end, 'qemu-exit')
  expect(end.failure.message).toContain('nonsense')
})

/** Boots in a process of its own, whose output is that of an action's step; `around` is put before its command. */
function bootInStep(
  options: object,
  env: NodeJS.ProcessEnv = process.env,
  around: readonly string[] = [],
): { status: number | null; stdout: string } {
  const script = `
    import { runMain } from './src/runtime/action.js'
    import { startVm } from './src/vm/boot.js'
    await runMain(async () => { await (await startVm(JSON.parse(process.argv[1]))).ready() })`
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script]
  const [program, ...args] = [...around, ...node, JSON.stringify(options)]
  return spawnSync(program, args, {
    cwd: path.resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
    env,
    timeout: 25_000,
  })
}

test('without QEMU it is a missing-tool, with the package that brings it', () => {
  const { status, stdout } = bootInStep(bootOptions({ image, stateRoot: bench.folder }), {
    ...process.env,
    PATH: '/nowhere',
  })
  expect(status).toBe(1)
  expect(stdout).toMatch(
    /^::error::missing-tool: qemu-system-x86_64 is not installed.*apt-get install qemu-system-x86$/m,
  )
})

/** Before a command: gives it a /dev, made in `folder`, where /dev/kvm is there and nothing runs on it. */
function withBrokenKvm(folder: string): string[] {
  const script = `
    for device in null zero full random urandom; do
      : >"$0/$device"
      mount --bind "/dev/$device" "$0/$device"
    done
    : >"$0/kvm"
    mount --rbind "$0" /dev
    exec "$@"`
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-ec', script, folder]
}

test('a KVM that runs no guest is told within two seconds where it is insisted on, and done without where not', () => {
  const dev = mkdtempSync(path.join(bench.folder, 'dev-'))
  const options = (accelerator: 'kvm' | 'auto') =>
    bootOptions({ image, stateRoot: bench.folder, accelerator, timeout: 1000 })
  const started = performance.now()
  const insisting = bootInStep(options('kvm'), process.env, withBrokenKvm(dev))
  expect(performance.now() - started).toBeLessThan(2000 + startOfNode)
  expect(insisting.status).toBe(1)
  expect(insisting.stdout).toMatch(
    /^::error::acceleration: \/dev\/kvm is there but a guest does not run under KVM/m,
  )

  const content = bootInStep(options('auto'), process.env, withBrokenKvm(dev))
  expect(content.stdout).toMatch(/accelerator tcg: \/dev\/kvm is there but a guest does not run under KVM/)
  expect(content.stdout).toMatch(/^::error::boot-timeout \(stage: bootloader\)/m)
})

test('workflow commands that a guest prints are dead in the job log', () => {
  const text =
    '\n::set-output name=a::1\r::error::b\n  ::stop-commands::x\nc ##[error]d\n\x1b[0m::add-mask::e\n[ 1.0] Kernel panic - not syncing: f\n'
  const hostile = bootSector(bench.folder, 'print', text)
  const { status, stdout } = bootInStep(bootOptions({ image: hostile, stateRoot: bench.folder }))
  expect(status).toBe(1)
  for (const word of ['set-output', 'stop-commands', 'add-mask']) expect(stdout).toContain(word)
  expect(liveCommands(stdout)).toEqual([expect.stringMatching(/^::error::kernel-panic/)])
})
