/** Many VMs at once, and one that never stops talking. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { quote } from '../../src/runtime/quote.js'
import { runSsh } from '../../src/ssh/session.js'
import { startVms, untilAllReady } from '../../src/vm/set.js'
import { readVm } from '../../src/vm/state.js'
import { stopVm } from '../../src/vm/stop.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { bootSector } from '../fixtures/boot-sector.js'
import { startBootStep } from '../fixtures/boot-step.js'
import { defaultImage } from '../fixtures/default-image.js'
import { alive, processesIn, processesLeftIn, within } from '../fixtures/processes.js'
import { count } from '../fixtures/soak.js'
import { TinyGuest } from '../fixtures/tiny-guest.js'

const minutes = 60_000

let folder: string
let stateRoot: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'many-'))
  stateRoot = mkdtempSync(path.join(folder, 'state-'))
})

afterAll(() => {
  for (const pid of processesIn(stateRoot)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

test(
  `${count(3, 20)} VMs at once have ports, keys and folders of their own, and each answers for itself`,
  async () => {
    const linux = await TinyGuest.make(await defaultImage(folder), folder)
    const options = bootOptions({
      ...linux.options('quiet'),
      stateRoot,
      timeout: 9 * minutes,
      maxLifetime: 12 * minutes,
    })
    const booting = await startVms(options, count(3, 20))
    try {
      const vms = await untilAllReady(booting)
      const answers: string[] = []
      for (const { ssh } of vms) {
        answers.push((await runSsh(ssh.configFile, 'cat /proc/sys/kernel/random/boot_id')).stdout.trim())
      }
      expect(answers).toEqual(vms.map(({ bootId }) => bootId))
      const keys = vms.flatMap(({ ssh }) =>
        [ssh.identityFile, ssh.knownHostsFile].map((file) => readFileSync(file, 'utf8')),
      )
      const own = {
        answers,
        keys,
        ports: vms.map(({ ssh }) => String(ssh.port)),
        names: vms.map(({ name }) => name),
      }
      for (const values of Object.values(own)) expect(new Set(values).size).toBe(values.length)
      expect(new Set(booting.map((vm) => vm.folder)).size).toBe(booting.length)
    } finally {
      await Promise.all(booting.map((vm) => stopVm(vm.folder)))
    }
    expect(await processesLeftIn(stateRoot)).toEqual([])
  },
  20 * minutes,
)

/** Bytes of a process's memory that are not shared with its program file. Source: proc(5), /proc/pid/status. */
function memoryOf(pid: number): number {
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

/**
 * A folder to be searched for QEMU first: of each VM's console much is written by another program than QEMU, on the same
 * pipe. An emulated serial port passes less than half a megabyte a second; what becomes of a guest that fills it is in
 * guest.test.ts.
 */
function loudQemu(line: string, bytes: number): string {
  const place = mkdtempSync(path.join(folder, 'loud-'))
  const name = 'qemu-system-x86_64'
  const real = execFileSync('which', [name], { encoding: 'utf8' }).trim()
  // QEMU makes the pipe one that takes no more than fits, which yes(1) and its like do not bear.
  const writer = `
    const piece = '${line}\\n'.repeat(100)
    let left = ${bytes}
    const write = () => {
      while (left > 0) if ((left -= piece.length, !process.stdout.write(piece))) return process.stdout.once('drain', write)
    }
    write()`
  const script = `#!/bin/sh
case "$*" in *chardev:console*) ${quote([process.execPath, '-e', writer])} & ;; esac
exec ${real} "$@"
`
  writeFileSync(path.join(place, name), script, { mode: 0o755 })
  return place
}

test(
  '1 GiB of console: the log within its limit, its end there, the supervisor no larger than before',
  async () => {
    const limit = 2 ** 20
    // Of what a supervisor reads, a little is QMP.
    const flood = 2 ** 30 + 2 ** 26
    const line = '0123456789'.repeat(40)
    const inputs = { image: bootSector(folder, 'hang'), firmware: 'bios', accelerator: 'tcg', vsock: 'off' }
    const temp = mkdtempSync(path.join(folder, 'temp-'))
    const { job } = await startBootStep(
      temp,
      { ...inputs, memory: '32M', timeout: '9m', 'console-limit': `${limit}` },
      { PATH: `${loudQemu(line, flood)}:${process.env.PATH ?? ''}` },
    )
    const ended = once(job, 'exit')
    const vm = (): string => path.join(temp, readdirSync(temp)[0] ?? 'none yet', 'vm.json')
    expect(await within(minutes, () => existsSync(vm()))).toBe(true)
    const state = path.dirname(vm())
    const { supervisorPid } = readVm(state)
    const log = (name = 'console.log'): string => path.join(state, name)
    // What it has read; its own log says nothing of what it has thrown away. Source: proc(5), /proc/pid/io.
    const read = (): number =>
      Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${supervisorPid}/io`, 'utf8'))?.[1])
    expect(await within(minutes, () => read() > 2 ** 23)).toBe(true)
    const small = memoryOf(supervisorPid)
    let most = small
    const whole = await within(8 * minutes, () => {
      most = Math.max(most, memoryOf(supervisorPid))
      return read() > flood
    })
    expect(whole).toBe(true)
    expect(alive(supervisorPid)).toBe(true)
    expect(most - small).toBeLessThan(32 * 2 ** 20)
    await stopVm(state)
    await ended
    const logs = readdirSync(state).filter((name) => name.startsWith('console.log'))
    const bytes = logs.reduce((sum, name) => sum + statSync(log(name)).size, 0)
    expect(bytes).toBeLessThanOrEqual(limit)
    expect(bytes).toBeGreaterThan(limit / 4)
    expect(readFileSync(log(), 'utf8')).toContain(line)
  },
  10 * minutes,
)
