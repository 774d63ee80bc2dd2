/** VMs that never get to run a guest. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { InputError } from '../../src/runtime/errors.js'
import { run } from '../../src/runtime/process.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { bootSector } from '../fixtures/boot-sector.js'
import { liveCommands } from '../fixtures/live-commands.js'
import { Bench, expectClass, fate } from './fault.js'

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

/** Boots in a process of its own, whose output is that of an action's step. */
function bootInStep(
  options: object,
  env: NodeJS.ProcessEnv = process.env,
): { status: number | null; stdout: string } {
  const script = `
    import { runMain } from './src/runtime/action.js'
    import { startVm } from './src/vm/boot.js'
    await runMain(async () => { await (await startVm(JSON.parse(process.argv[1]))).ready() })`
  return spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script, JSON.stringify(options)],
    { cwd: path.resolve(import.meta.dirname, '../..'), encoding: 'utf8', env, timeout: 25_000 },
  )
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

test('workflow commands that a guest prints are dead in the job log', () => {
  const text =
    '\n::set-output name=a::1\r::error::b\n  ::stop-commands::x\nc ##[error]d\n\x1b[0m::add-mask::e\n[ 1.0] Kernel panic - not syncing: f\n'
  const hostile = bootSector(bench.folder, 'print', text)
  const { status, stdout } = bootInStep(bootOptions({ image: hostile, stateRoot: bench.folder }))
  expect(status).toBe(1)
  for (const word of ['set-output', 'stop-commands', 'add-mask']) expect(stdout).toContain(word)
  expect(liveCommands(stdout)).toEqual([expect.stringMatching(/^::error::kernel-panic/)])
})
