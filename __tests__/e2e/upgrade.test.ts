/**
 * The default recipe on a real VM: what is in the image, updates that are refused, cut off or rolled back, and a good
 * one. One VM goes through all of it, as a machine in use would.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, type BuildResult } from '../../src/image/build.js'
import { fileDigest } from '../../src/image/digest.js'
import { type GuestResult, runSsh } from '../../src/ssh/session.js'
import { runUpgrade, type UpgradeOutcome } from '../../src/upgrade/upgrade.js'
import { untilBack } from '../../src/vm/back.js'
import { startVm } from '../../src/vm/boot.js'
import { Qmp } from '../../src/vm/qmp.js'
import { readVm, type VmState } from '../../src/vm/state.js'
import { stopVm } from '../../src/vm/stop.js'
import { getInputs } from '../../actions/upgrade/inputs.js'
import { inputsOf } from '../fixtures/action-inputs.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { brokenUpdate, updateWithoutVar } from '../fixtures/broken-update.js'
import { numbers } from '../fixtures/corruption.js'
import { count } from '../fixtures/soak.js'

const root = path.resolve(import.meta.dirname, '../..')
const minutes = 60_000
const whole = process.env.SOAK === '1'

let folder: string
let program: string
let first: BuildResult
let second: BuildResult
let vm: VmState & { folder: string }
/** Milliseconds that an installation takes. */
let span: number

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

function guest(command: string): Promise<GuestResult> {
  return runSsh(vm.ssh.configFile, command, { timeout: 2 * minutes })
}

/** The action, with the defaults of its action.yml. */
function upgrade(update: string, given: Readonly<Record<string, string>> = {}): Promise<UpgradeOutcome> {
  return runUpgrade(getInputs(inputsOf('upgrade', { vm: vm.folder, 'update-image': update, ...given })))
}

async function slots(): Promise<{ slot: string; state: string }> {
  return JSON.parse((await guest('guestos-slot status')).stdout) as { slot: string; state: string }
}

const update = (): string => second.updateImage ?? ''

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
    maxLifetime: 180 * minutes,
    consoleLimit: 2 ** 24,
  })
  const booting = await startVm(options)
  vm = { ...(await booting.ready()), folder: booting.folder }
}, 20 * minutes)

afterAll(async () => {
  await stopVm(vm.folder)
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

describe('an update', () => {
  test(
    'that is damaged is refused, and the guest stays as it is',
    async () => {
      const bytes = readFileSync(update())
      const damaged = path.join(folder, 'damaged')
      writeFileSync(damaged, bytes.subarray(0, 20_000_000))
      expect((await upgrade(damaged)).problem).toMatchObject({ class: 'update-refused' })

      bytes.writeUInt8(bytes.readUInt8(30_000_000) ^ 1, 30_000_000)
      writeFileSync(damaged, bytes)
      const { bootId } = readVm(vm.folder)
      const outcome = await upgrade(damaged, { expect: 'rollback' })
      expect(outcome.problem).toBeUndefined()
      expect(outcome.after).toMatchObject({ slot: 'A', version: 'v1', bootId })
      expect(await slots()).toMatchObject({ slot: 'A', state: 'good', other: { slot: 'B', state: 'empty' } })
    },
    12 * minutes,
  )

  test(
    'without a /var is for a machine that has no partition for it',
    async () => {
      const bare = await updateWithoutVar(update(), path.join(folder, 'bare'))
      const install = (): Promise<GuestResult> =>
        runSsh(vm.ssh.configFile, 'guestos-slot install', {
          input: createReadStream(bare),
          timeout: 4 * minutes,
        })
      expect(await install()).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('the update has no var'),
      })
      // As on such a machine, until udev is asked for it again.
      await guest('rm /dev/disk/by-partlabel/B_var')
      expect(await install()).toMatchObject({ exitCode: 0 })
      expect(await slots()).toMatchObject({ slot: 'A', other: { slot: 'B', version: 'v2', state: 'trial' } })
      await guest('udevadm trigger --settle --subsystem-match=block')
    },
    12 * minutes,
  )

  test(
    'that is good changes slot and version, and keeps what is in config',
    async () => {
      await guest('echo kept > /boot/config/probe')
      const outcome = await upgrade(update(), { 'expect-version': 'v2' })
      expect(outcome.problem).toBeUndefined()
      span = 1000 * ((outcome.timings.copy ?? 0) + (outcome.timings.install ?? 0))
      expect(outcome).toMatchObject({
        before: { slot: 'A', version: 'v1' },
        after: { slot: 'B', version: 'v2', settled: true, machineId: outcome.before?.machineId },
      })
      expect(await slots()).toEqual({
        slot: 'B',
        version: 'v2',
        state: 'good',
        other: { slot: 'A', version: 'v1', state: 'good' },
      })
      expect((await guest('cat /boot/config/probe')).stdout).toBe('kept\n')
      const { stdout } = await guest('cat /proc/sys/kernel/random/boot_id')
      expect(readVm(vm.folder)).toMatchObject({ state: 'ready', bootId: stdout.trim() })
      expect(outcome.after?.bootId).toBe(stdout.trim())
      // Nobody needs it any more.
      expect((await guest('mountpoint /efi')).exitCode).not.toBe(0)
    },
    12 * minutes,
  )

  const broken: readonly (readonly [name: string, requests: readonly string[], always: boolean])[] = [
    ['has no init', ['rm /usr/lib/systemd/systemd'], true],
    [
      'has an init that dies',
      ['rm /usr/lib/systemd/systemd', 'ln /usr/bin/false /usr/lib/systemd/systemd'],
      false,
    ],
    ['has a service that fails', ['rm /opt/ic/bin/replica'], true],
  ]

  test.each(
    broken.filter(([, , always]) => always || whole).map(([name, requests]) => [name, requests] as const),
  )(
    'that %s is rolled back',
    async (name, requests) => {
      const bad = await brokenUpdate(update(), requests, path.join(folder, name.replaceAll(' ', '-')))
      const outcome = await upgrade(bad, { expect: 'rollback' })
      expect(outcome.problem).toBeUndefined()
      expect(outcome.after).toMatchObject({ slot: 'B', version: 'v2', settled: true })
      expect(outcome.after?.bootId).not.toBe(outcome.before?.bootId)
      expect(await slots()).toMatchObject({ slot: 'B', state: 'good', other: { slot: 'A', state: 'failed' } })
      // Three starts of the new slot, and one of the old.
      expect(readVm(vm.folder).restarts?.length).toBeGreaterThanOrEqual(4)
    },
    30 * minutes,
  )

  test(
    'that a power cut interrupts at any moment leaves a machine that comes up well in a valid slot',
    async () => {
      const random = numbers(Date.now() % 2 ** 31)
      for (let number = 0; number < count(2, 20); number += 1) {
        const { slot } = await slots()
        const moment = (random.next().value % 1000) / 1000
        const timer = setTimeout(() => void cutPower(), moment * span)
        const { before, after, timings } = await upgrade(
          slot === 'A' ? update() : (first.updateImage ?? ''),
          {
            expect: 'rollback',
          },
        )
        clearTimeout(timer)
        if (before === undefined) {
          // It came while the guest was still looked at: that is no cut of an installation.
          await untilBack(vm.folder, 10 * minutes)
          number -= 1
          continue
        }
        console.log(`cut ${number + 1} at ${moment}: ${JSON.stringify({ timings, after })}`)
        expect(after?.bootId).toMatch(/^[0-9a-f-]{36}$/)
        expect(after?.bootId).not.toBe(before.bootId)
        expect([
          ['A', 'v1'],
          ['B', 'v2'],
        ]).toContainEqual([after?.slot, after?.version])
        expect((await slots()).state).toBe('good')
      }
    },
    60 * minutes,
  )
})

/**
 * What a power cut takes from a guest is what it had not written out yet, and a reset takes the same. The disk's own
 * cache, which is QEMU's here, survives it.
 */
async function cutPower(): Promise<void> {
  const socket = createConnection(vm.qmp)
  const qmp = await Qmp.open(socket, () => undefined)
  await qmp.execute('system_reset')
  socket.destroy()
}
