/** Linux guests that go wrong on their way to SSH, with a real kernel, initrd and sshd. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run } from '../../src/runtime/process.js'
import { runSsh } from '../../src/ssh/session.js'
import type { BootOptions } from '../../src/vm/boot.js'
import { stopVm } from '../../src/vm/stop.js'
import { defaultImage } from '../fixtures/default-image.js'
import { within } from '../fixtures/processes.js'
import { TinyGuest } from '../fixtures/tiny-guest.js'
import { Bench, consoleOf, expectClass, fate } from './fault.js'

const minutes = 60_000

let shared: string
let image: string
let linux: TinyGuest
let bench: Bench

beforeAll(async () => {
  shared = mkdtempSync(path.join(tmpdir(), 'linux-'))
  image = await defaultImage(shared)
  linux = await TinyGuest.make(image, shared)
}, 10 * minutes)

afterAll(() => {
  rmSync(shared, { recursive: true })
})

beforeEach(() => {
  bench = new Bench()
})

afterEach(async () => {
  await bench.expectNothingLeft().finally(() => {
    bench.end()
  })
})

const deadline = 60_000

test(
  'a guest that panics when it is ready is known within 2 s, by its console',
  async () => {
    const vm = await bench.boot({ ...linux.options(), timeout: 3 * minutes })
    const { ssh } = await vm.ready()
    await runSsh(ssh.configFile, '(sleep 1; echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger) &')
    await within(20_000, () => consoleOf(vm.folder).includes('Kernel panic - not syncing'))
    const panicked = performance.now()
    await within(5000, () => bench.vms()[0]?.state !== 'ready')
    expect(performance.now() - panicked).toBeLessThan(2000)
    const [dead] = bench.vms()
    expect(dead).toMatchObject({ state: 'failed', failure: { class: 'kernel-panic' } })
    expect(dead?.failure?.evidence[0]).toContain('Kernel panic - not syncing: sysrq triggered crash')
  },
  5 * minutes,
)

/** Which of the places around it a guest on this network reaches: the host's loopback, and what is beyond. */
async function reached(network: BootOptions['network']): Promise<string[]> {
  const vm = await bench.boot({ ...linux.options(), network, timeout: 3 * minutes })
  const { ssh } = await vm.ready()
  // The port that QEMU listens at for SSH is one of the host's loopback, which 10.0.2.2 stands for.
  const targets = { host: `10.0.2.2/${ssh.port ?? 0}`, metadata: '169.254.169.254/80' }
  const names = { ...targets, 'name server': '10.0.2.3/53', internet: '1.1.1.1/80' }
  const attempts = Object.entries(names).map(
    ([name, target]) => `(exec 3<>/dev/tcp/${target}) 2>/dev/null && echo '${name}' &`,
  )
  const { stdout } = await runSsh(
    ssh.configFile,
    `${attempts.join('\n')}\nsleep 8; kill $(jobs -p) 2>/dev/null; echo done`,
    { timeout: minutes },
  )
  await stopVm(vm.folder)
  const lines = stdout.trim().split('\n')
  expect(lines.pop()).toBe('done')
  return lines
}

test(
  'restricted lets SSH in, and nothing out: not to the host, the metadata service or a name server',
  async () => {
    expect(await reached('restricted')).toEqual([])
    expect(await reached('open')).toContain('host')
  },
  5 * minutes,
)

test(
  'another host key on the port is a host-key at once',
  async () => {
    const vm = await bench.boot({ ...linux.options('case=other-host-key'), timeout: 3 * minutes })
    const end = await fate(vm.ready())
    expectClass(end, 'host-key')
    expect(end.failure.stage).toBe('sshd')
  },
  5 * minutes,
)

test(
  'an sshd that does not run, or takes no key, is told apart at the deadline',
  async () => {
    const cases = ['case=no-sshd', 'case=no-key']
    const vms = await Promise.all(
      cases.map((what) => bench.boot({ ...linux.options(what), timeout: deadline })),
    )
    const [silent, refusing] = await Promise.all(vms.map((vm) => fate(vm.ready())))
    if (!silent || !refusing) throw new Error('unreachable')
    expectClass(silent, 'ssh-timeout')
    expect(silent.failure.stage).toBe('systemd')
    expectClass(refusing, 'ssh-auth')
    for (const end of [silent, refusing]) {
      expect(end.seconds).toBeGreaterThan(deadline / 1000 - 2)
      expect(end.seconds).toBeLessThan(deadline / 1000 + 5)
    }
  },
  5 * minutes,
)

test(
  'a root file system without init is emergency-mode',
  async () => {
    const root = path.join(bench.folder, 'root.img')
    mkdirSync(path.join(bench.folder, 'root/etc'), { recursive: true })
    writeFileSync(root, '')
    truncateSync(root, 2 ** 24)
    await run(['mke2fs', '-q', '-t', 'ext4', '-d', path.join(bench.folder, 'root'), root])
    const vm = await bench.boot({
      image: root,
      memory: 2 ** 28,
      extraArgs: linux.directly('root=/dev/vda ro'),
      timeout: 3 * minutes,
    })
    const end = await fate(vm.ready())
    expectClass(end, 'emergency-mode')
    expect(end.failure.stage).toBe('initrd')
  },
  5 * minutes,
)

test(
  'a system that goes into emergency mode is told as that',
  async () => {
    const vm = await bench.boot({
      image,
      memory: 2 ** 29,
      cpus: 2,
      extraArgs: linux.directly('root=PARTLABEL=A_root ro systemd.unit=emergency.target'),
      timeout: 4 * minutes,
    })
    expectClass(await fate(vm.ready()), 'emergency-mode')
  },
  5 * minutes,
)
