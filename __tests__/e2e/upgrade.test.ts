/** The default recipe on a real VM: what is in the image, and an upgrade of it to another version. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, type BuildResult } from '../../src/image/build.js'
import { fileDigest } from '../../src/image/digest.js'
import { runSsh, type GuestResult } from '../../src/ssh/session.js'
import { startVm } from '../../src/vm/boot.js'
import { stopVm } from '../../src/vm/stop.js'
import type { VmState } from '../../src/vm/state.js'
import { bootOptions } from '../fixtures/boot-options.js'

const root = path.resolve(import.meta.dirname, '../..')
const minutes = 60_000

interface Slot {
  slot: string
  version: string | null
  state: string
}

let folder: string
let program: string
let first: BuildResult
let second: BuildResult
let vm: (VmState & { folder: string }) | undefined

function buildVersion(version: string): Promise<BuildResult> {
  return build({
    recipe: path.join(root, 'guestos/recipe.yml'),
    variant: 'dev',
    packages: [],
    version,
    binaries: [{ name: 'probe', path: program }],
    mirrors: [],
    snapshot: undefined,
    external: undefined,
    cache: 'read-write',
    localCache: path.join(folder, 'cache'),
    localCacheSize: 10 * 2 ** 30,
    updateImage: true,
    output: path.join(folder, 'output'),
  })
}

function guest(command: string, input?: Uint8Array): Promise<GuestResult> {
  return runSsh(vm?.ssh.configFile ?? '', command, { timeout: 10 * minutes, ...(input && { input }) })
}

async function status(): Promise<Slot & { other: Slot }> {
  const { stdout } = await guest('guestos-slot status')
  return JSON.parse(stdout) as Slot & { other: Slot }
}

/** Waits until the running slot is good; while the guest restarts there is no answer. */
async function good(slot: string): Promise<void> {
  const deadline = Date.now() + 10 * minutes
  for (;;) {
    const now = await status().catch(() => undefined)
    if (now?.slot === slot && now.state === 'good') return
    if (Date.now() > deadline) throw new Error(`slot ${slot} is not good: ${JSON.stringify(now)}`)
    await new Promise((resolve) => setTimeout(resolve, 3000))
  }
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'e2e-upgrade-'))
  program = path.join(folder, 'probe')
  writeFileSync(program, randomBytes(5_000_000))
  first = await buildVersion('v1')
  second = await buildVersion('v2')
  mkdirSync(path.join(folder, 'vms'))
  const options = bootOptions({
    image: first.image,
    stateRoot: path.join(folder, 'vms'),
    imageDigest: first.imageDigest,
    memory: 2 ** 30,
    cpus: 2,
    accelerator: 'auto',
    firmware: 'auto',
    timeout: 12 * minutes,
    maxLifetime: 60 * minutes,
    consoleLimit: 2 ** 24,
  })
  const booting = await startVm(options)
  vm = { ...(await booting.ready()), folder: booting.folder }
}, 20 * minutes)

afterAll(async () => {
  if (vm !== undefined) await stopVm(vm.folder)
  rmSync(folder, { recursive: true, force: true })
}, minutes)

describe('the image', () => {
  test('holds the exact bytes of a binary, on a root that nothing can write to', async () => {
    const { stdout } = await guest('sha256sum /opt/ic/bin/probe')
    expect(stdout.split(' ')[0]).toBe(await fileDigest(program))
    expect((await guest('touch /opt/ic/bin/new')).stderr).toMatch(/Read-only file system/)
  })

  test('has a store in the space that is left', async () => {
    const { stdout } = await guest(
      'for n in 0 1 2 3 4 5 6 7 8 9; do mountpoint -q /store && break; sleep 3; done; df --output=size -m /store',
    )
    expect(Number(stdout.trim().split('\n').at(-1))).toBeGreaterThan(2000)
  })
})

describe('an upgrade', () => {
  test(
    'that is damaged is refused, and leaves the running slot the one to start from',
    async () => {
      const update = readFileSync(second.updateImage ?? '')
      update[Math.floor(update.length / 2)] = (update[Math.floor(update.length / 2)] ?? 0) ^ 1
      const result = await guest('guestos-slot install', update)
      expect(result.exitCode).not.toBe(0)
      expect(result.stderr).toMatch(/the update is corrupt/)
      expect(await status()).toMatchObject({ slot: 'A', state: 'good', other: { slot: 'B', state: 'empty' } })
    },
    12 * minutes,
  )

  test(
    'changes slot and version, and keeps what is in config',
    async () => {
      const before = await guest('cat /etc/machine-id; echo kept > /boot/config/probe')
      const installed = await guest('guestos-slot install', readFileSync(second.updateImage ?? ''))
      expect([installed.exitCode, installed.stderr]).toEqual([0, ''])
      expect((await status()).other).toEqual({ slot: 'B', version: 'v2', state: 'trial' })
      await guest('systemctl reboot')
      await good('B')
      expect(await status()).toEqual({
        slot: 'B',
        version: 'v2',
        state: 'good',
        other: { slot: 'A', version: 'v1', state: 'good' },
      })
      const after = await guest('cat /etc/machine-id /boot/config/probe')
      expect(after.stdout).toBe(`${before.stdout}kept\n`)
    },
    25 * minutes,
  )
})
