/** A booted guest saved once and forked: what the forks share with it, and what they do not. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { runSsh } from '../../src/ssh/session.js'
import { startVm } from '../../src/vm/boot.js'
import { saveVm, type Snapshot } from '../../src/vm/fork.js'
import { withGuest } from '../../src/vm/guest.js'
import { readVm } from '../../src/vm/state.js'
import { stopVm } from '../../src/vm/stop.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { defaultImage } from '../fixtures/default-image.js'
import { alive, within } from '../fixtures/processes.js'

const minutes = 60_000

/** Bytes that a supervisor may have in memory. */
const supervisorLimit = 60e6

/** How old the snapshot is, at least, when it is forked: seconds by which a clock would be slow that nobody corrects. */
const age = 10

let folder: string
let original: string
let snapshot: Snapshot
let first: string
let second: string

async function sh(vm: string, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await runSsh(readVm(vm).ssh.configFile, command, { timeout: minutes })
  expect([exitCode, stderr]).toEqual([0, ''])
  return stdout.trim()
}

const both = (command: string): Promise<string[]> => Promise.all([first, second].map((vm) => sh(vm, command)))

/** Bytes of memory that a process has had at most. Source: proc(5), VmHWM. */
function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
}

const snapshots = (): string[] => readdirSync(original).filter((name) => name.startsWith('snapshot-'))

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'e2e-fork-'))
  const stateRoot = path.join(folder, 'vms')
  mkdirSync(stateRoot)
  const booting = await startVm(
    bootOptions({
      image: await defaultImage(folder),
      stateRoot,
      memory: 2 ** 29,
      cpus: 2,
      firmware: 'auto',
      timeout: 12 * minutes,
      maxLifetime: 60 * minutes,
      consoleLimit: 2 ** 24,
      consoleRules: { fail: ['out of sectors$'], allow: [] },
    }),
  )
  original = booting.folder
  await booting.ready()
  await sh(original, 'echo kept > /dev/shm/memory; setsid sleep 98765 < /dev/null > /dev/null 2>&1 &')
  snapshot = await saveVm(original)
  await sh(original, 'echo later > /dev/shm/later; echo later > /var/later')
  await setTimeout(age * 1000)
  ;[first, second] = await Promise.all([snapshot.fork(), snapshot.fork()])
}, 25 * minutes)

afterAll(async () => {
  await Promise.all([original, first, second].filter(existsSync).map(stopVm))
  rmSync(folder, { recursive: true, force: true })
}, minutes)

test('a supervisor stays small through a boot, a snapshot and a fork', () => {
  for (const vm of [original, first]) {
    expect(peakMemory(readVm(vm).supervisorPid)).toBeLessThan(supervisorLimit)
  }
})

describe('two forks', () => {
  test('go on from the memory of the original, as VMs of their own', async () => {
    const { ssh, bootId } = readVm(original)
    expect(await both('cat /dev/shm/memory; pgrep -cf "^sleep 98765"')).toEqual(['kept\n1', 'kept\n1'])
    const forks = [first, second].map(readVm)
    expect(forks).toMatchObject([
      { state: 'ready', bootId },
      { state: 'ready', bootId },
    ])
    expect(new Set([ssh.port, ...forks.map((vm) => vm.ssh.port)]).size).toBe(3)
    await withGuest(first, async (guest) => {
      expect((await guest.run('echo here')).stdout).toBe('here\n')
    })
  }, 60_000)

  test('have the right time, though the snapshot is old', async () => {
    for (const vm of [first, second]) {
      const before = Date.now() / 1000
      const told = Number(await sh(vm, 'date +%s.%N'))
      expect(told).toBeGreaterThan(before - 1)
      expect(told).toBeLessThan(Date.now() / 1000 + 1)
    }
  }, 60_000)

  test('draw from different random numbers', async () => {
    // Each number begins where the one before ended: two forks with one pool would find themselves in one sequence.
    const draw = `taskset -c 0 perl -e 'open(P, "<", "/dev/urandom"); for (1..500) { sysread(P, $n, 32); print unpack("H*", $n), "\\n" }'`
    const [ours = '', theirs = ''] = await both(draw)
    const numbers = new Set(ours.split('\n'))
    expect(numbers.size).toBe(500)
    expect(theirs.split('\n').filter((number) => numbers.has(number))).toEqual([])
  }, 60_000)

  test('see nothing of each other, nor of what the original has done since', async () => {
    await sh(first, 'echo mine > /dev/shm/own; echo mine > /var/own; sync')
    const look = 'ls /dev/shm /var | grep -xE "own|later" || true'
    expect(await sh(first, look)).toBe('own\nown')
    expect(await sh(second, look)).toBe('')
    expect(await sh(original, look)).toBe('later\nlater')
  }, 60_000)

  test('leave the original as it was', async () => {
    expect(await sh(original, 'cat /proc/sys/kernel/random/boot_id')).toBe(readVm(original).bootId)
    expect(await sh(original, 'pgrep -cf "^sleep 98765"')).toBe('1')
    expect(readVm(original).state).toBe('ready')
  }, 60_000)
})

test('what was saved is removed, and the forks run on', async () => {
  expect(snapshots()).toHaveLength(1)
  await snapshot.remove()
  await snapshot.remove()
  expect(snapshots()).toEqual([])
  const read = 'echo 3 > /proc/sys/vm/drop_caches; cat /usr/bin/perl /usr/sbin/sshd > /dev/null; echo well'
  expect(await both(read)).toEqual(['well', 'well'])
}, 60_000)

test('a fork whose supervisor is killed takes QEMU with it, and nobody else', async () => {
  const { pid, supervisorPid } = readVm(second)
  process.kill(supervisorPid, 'SIGKILL')
  expect(await within(2000, () => !alive(pid ?? 0))).toBe(true)
  await stopVm(second)
  expect(leftIn(second)).toEqual([])
  expect(await sh(first, 'echo well')).toBe('well')
}, 60_000)

test('a guest that works and says what it must not leaves its journal beside its console', async () => {
  await sh(original, 'logger the last word; echo out of sectors > /dev/ttyS0')
  expect(await within(20_000, () => readVm(original).state === 'failed')).toBe(true)
  const { failure, supervisorPid } = readVm(original)
  expect(failure?.class).toBe('console')
  expect(await within(20_000, () => !alive(supervisorPid))).toBe(true)
  const kept = (name: string): string => readFileSync(path.join(original, 'repro', name), 'utf8')
  expect(kept('console.log')).toContain('out of sectors')
  expect(kept('journal.txt')).toMatch(/ systemd\[1\]: Reached target .+[^]* the last word$/m)
}, 60_000)

test('a fork ends with its original', async () => {
  const { pid, supervisorPid } = readVm(first)
  expect(await within(5000, () => !alive(pid ?? 0) && !alive(supervisorPid))).toBe(true)
  expect(readVm(first).state).toBe('stopped')
  expect(leftIn(first)).toEqual([])
}, 60_000)

/** What costs space of a VM that has ended. */
function leftIn(vm: string): string[] {
  return readdirSync(vm).filter((name) => /qcow2$|^credential|\.fd$|\.sock$/.test(name))
}
