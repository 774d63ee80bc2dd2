/** Many VMs at once, and one that never stops talking. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runSsh } from '../../src/ssh/session.js'
import { startVms, untilAllReady } from '../../src/vm/set.js'
import { readVm } from '../../src/vm/state.js'
import { stopVm } from '../../src/vm/stop.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { bootSector } from '../fixtures/boot-sector.js'
import { defaultImage } from '../fixtures/default-image.js'
import { alive, processesIn, within } from '../fixtures/processes.js'
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
    // A supervisor hangs up a moment before it ends.
    await within(3000, () => processesIn(stateRoot).length === 0)
    expect(processesIn(stateRoot)).toEqual([])
  },
  20 * minutes,
)

/** Bytes of a process's memory that are not shared with its program file. Source: proc(5), /proc/pid/status. */
function memoryOf(pid: number): number {
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

test(
  `${count(16, 1024)} MiB of console: the log within its limit, its end there, the supervisor no larger than before`,
  async () => {
    const limit = 2 ** 20
    const text = `${'0123456789'.repeat(40)}\n`
    const [vm] = await startVms(
      bootOptions({
        image: bootSector(folder, 'flood', text),
        stateRoot,
        timeout: 60 * minutes,
        maxLifetime: 60 * minutes,
        consoleLimit: limit,
      }),
      1,
    )
    if (!vm) throw new Error('unreachable')
    const dead = vm.ready().catch(() => undefined)
    const { supervisorPid } = readVm(vm.folder)
    const log = (name = 'console.log'): string => path.join(vm.folder, name)
    // What it has read; its own log says nothing of what it has thrown away. Source: proc(5), /proc/pid/io.
    const read = (): number =>
      Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${supervisorPid}/io`, 'utf8'))?.[1])
    await within(60_000, () => read() > 8 * 2 ** 20)
    const [before, from] = [memoryOf(supervisorPid), read()]
    let most = before
    await within(50 * minutes, () => {
      most = Math.max(most, memoryOf(supervisorPid))
      return read() - from > count(16, 1024) * 2 ** 20 || !alive(supervisorPid)
    })
    expect(alive(supervisorPid)).toBe(true)
    expect(most - before).toBeLessThan(32 * 2 ** 20)
    await stopVm(vm.folder)
    await dead
    const logs = readdirSync(vm.folder).filter((name) => name.startsWith('console.log'))
    const bytes = logs.reduce((sum, name) => sum + statSync(log(name)).size, 0)
    expect(bytes).toBeLessThanOrEqual(limit)
    expect(bytes).toBeGreaterThan(limit / 4)
    expect(readFileSync(log(), 'utf8')).toContain(text.trim())
  },
  60 * minutes,
)
