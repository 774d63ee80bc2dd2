/** Steps that are cancelled or killed at any moment: nothing of their VMs outlives the sweep of the next one. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readVm } from '../../src/vm/state.js'
import { sweep } from '../../src/vm/sweep.js'
import { bootSector } from '../fixtures/boot-sector.js'
import { startBootStep } from '../fixtures/boot-step.js'
import { numbers } from '../fixtures/corruption.js'
import { alive, processesIn, within } from '../fixtures/processes.js'
import { count } from '../fixtures/soak.js'

/** Steps at once: a cancel must not harm its neighbours. */
const together = 4

/** Milliseconds within which the step of a hanging guest has come from its first line to a running QEMU, and on. */
const span = 3000

let image: string
let temp: string
let folder: string
const random = numbers(4)

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leaks-'))
  temp = mkdtempSync(path.join(folder, 'temp-'))
  image = bootSector(folder, 'hang')
})

afterEach(() => {
  for (const pid of processesIn(temp)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

function startStep() {
  return startBootStep(temp, {
    image,
    firmware: 'bios',
    accelerator: 'tcg',
    vsock: 'off',
    memory: '32M',
    cpus: '1',
    timeout: '60s',
    'console-limit': '64K',
  })
}

async function interrupted(signal: NodeJS.Signals, times: number): Promise<void> {
  let left = times
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { job, pid, log } = await startStep()
      const ended = once(job, 'exit')
      await sleep(random.next().value % span)
      // A step that has ended by itself has not been interrupted.
      if (!alive(pid)) throw new Error(`it ended by itself:\n${log()}`)
      process.kill(pid, signal)
      await ended
    }
  }
  await Promise.all(Array.from({ length: together }, worker))
}

/** As the next step's boot does first, and then nothing runs and nothing lies there. */
async function expectSwept(): Promise<void> {
  // The last supervisors may be about to end by themselves, which the sweep does not wait for.
  await within(5000, () => {
    sweep(temp)
    return processesIn(temp).length === 0 && readdirSync(temp).length === 0
  })
  expect(processesIn(temp)).toEqual([])
  expect(readdirSync(temp)).toEqual([])
}

test.each([
  ['SIGINT', count(8, 100)],
  ['SIGKILL', count(8, 100)],
] as const)(
  '%s to the booting step at a random moment, %d times',
  async (signal, times) => {
    await interrupted(signal, times)
    await expectSwept()
  },
  60 * 60_000,
)

test(
  `SIGKILL to the supervisor at a random moment, ${count(4, 20)} times`,
  async () => {
    for (let left = count(4, 20); left > 0; left -= 1) {
      const { job, log } = await startStep()
      const ended = once(job, 'exit')
      const vms = (): string[] =>
        readdirSync(temp).filter((name) => existsSync(path.join(temp, name, 'vm.json')))
      if (!(await within(60_000, () => vms().length > 0))) throw new Error(`no VM:\n${log()}`)
      await sleep(random.next().value % 1000)
      const vm = readVm(path.join(temp, vms()[0] ?? ''))
      process.kill(vm.supervisorPid, 'SIGKILL')
      // QEMU goes with it, and the waiting step ends by itself.
      expect(await within(2000, () => !alive(vm.pid ?? 0))).toBe(true)
      await ended
      await expectSwept()
    }
  },
  20 * 60_000,
)
