/** The default image boots, and nothing that it prints is taken for a failure. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startVm } from '../../src/vm/boot.js'
import { withoutTime } from '../../src/vm/console.js'
import { failureIn } from '../../src/vm/failures.js'
import { hintIn } from '../../src/vm/hints.js'
import { stages } from '../../src/vm/stages.js'
import { stopVm } from '../../src/vm/stop.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { defaultImage } from '../fixtures/default-image.js'
import { processesIn, processesLeftIn } from '../fixtures/processes.js'

const minutes = 60_000
const boots = 50

let folder: string
let stateRoot: string
let image: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'clean-boots-'))
  stateRoot = mkdtempSync(path.join(folder, 'state-'))
  image = await defaultImage(folder)
}, 10 * minutes)

afterAll(() => {
  for (const pid of processesIn(stateRoot)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

/** Boots once, shuts down, and gives what was taken for a sign of trouble. */
async function suspiciousLines(): Promise<string[]> {
  const options = bootOptions({
    image,
    stateRoot,
    firmware: 'auto',
    memory: 2 ** 29,
    cpus: 2,
    timeout: 8 * minutes,
    maxLifetime: 20 * minutes,
    consoleLimit: 2 ** 24,
  })
  const vm = await startVm(options)
  const { timings } = await vm.ready()
  expect(Object.keys(timings)).toEqual(stages)
  expect((await stopVm(vm.folder))?.state).toBe('stopped')
  const lines = readFileSync(vm.console, 'utf8').trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(100)
  return lines.map(withoutTime).filter((line) => failureIn(line, true) ?? hintIn(line))
}

test(
  `${boots} boots, two at a time, and not one false match`,
  async () => {
    const found: string[] = []
    let left = boots
    const worker = async (): Promise<void> => {
      while (left-- > 0) found.push(...(await suspiciousLines()))
    }
    await Promise.all([worker(), worker()])
    expect(found).toEqual([])
    expect(await processesLeftIn(stateRoot)).toEqual([])
  },
  4 * 60 * minutes,
)
