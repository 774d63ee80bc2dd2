import { beforeEach, describe, expect, test } from '@jest/globals'
import { setTimeout } from 'node:timers/promises'
import type { Failure } from '../../../src/runtime/errors.js'
import { ConsoleReader, type ConsoleRules } from '../../../src/vm/console-rules.js'
import { Judge } from '../../../src/vm/supervisor/judge.js'

const panic = 'Kernel panic - not syncing: Attempted to kill init!'
let booting: boolean
let onTrial: boolean
let noted: Failure[]
let restarts: number
let console: string[]
let failures: Failure[]
let judge: Judge

function judgeBy(rules: ConsoleRules): void {
  booting = true
  onTrial = false
  noted = []
  restarts = 0
  console = []
  failures = []
  judge = new Judge({
    folder: '/state',
    rules: new ConsoleReader(rules),
    booting: () => booting,
    tail: () => console,
    onTrial: () => onTrial,
    fail: (failure) => failures.push(failure),
    note: (failure) => noted.push(failure),
    restarted: () => (restarts += 1),
  })
}

beforeEach(() => {
  judgeBy({ fail: [], allow: [] })
})

test('a line of death is a verdict at once, carried out when the last words have come', async () => {
  judge.read('[    1.0] Run /init as init process')
  expect(judge.verdict).toBeUndefined()
  judge.read('Kernel panic - not syncing')
  expect(judge.verdict?.class).toBe('kernel-panic')
  expect(failures).toEqual([])
  console.push(panic, 'Call Trace:')
  await setTimeout(500)
  expect(failures).toMatchObject([{ class: 'kernel-panic', evidence: [panic] }])
})

test('the first verdict stands', async () => {
  judge.hear({ event: 'BLOCK_IO_ERROR', data: { nospace: true } })
  judge.read(panic)
  judge.hear({ event: 'GUEST_PANICKED' })
  expect(judge.verdict?.class).toBe('disk-full')
  await setTimeout(500)
  expect(new Set(failures.map((failure) => failure.class))).toEqual(new Set(['disk-full']))
})

test('five restarts of its own before it is ready are a loop', () => {
  const reset = (guest: boolean): void => {
    judge.hear({ event: 'RESET', data: { guest } })
  }
  for (let count = 0; count < 4; count += 1) reset(true)
  reset(false)
  expect(failures).toEqual([])
  reset(true)
  expect(failures).toMatchObject([{ class: 'boot-loop' }])
})

test('a guest that has been ready may restart', () => {
  booting = false
  for (let count = 0; count < 9; count += 1) judge.hear({ event: 'RESET', data: { guest: true } })
  expect(failures).toEqual([])
  expect(restarts).toBe(9)
})

test('on trial a panic is noted, and only what QEMU cannot go on from is a verdict', async () => {
  booting = false
  onTrial = true
  judge.read(panic)
  await setTimeout(400)
  judge.hear({ event: 'GUEST_PANICKED' })
  await setTimeout(400)
  expect([noted.map((failure) => failure.class), failures]).toEqual([['kernel-panic', 'kernel-panic'], []])
  judge.hear({ event: 'BLOCK_IO_ERROR', data: { reason: 'Input/output error' } })
  await setTimeout(400)
  expect(failures).toMatchObject([{ class: 'image-corrupt' }])
})

describe('with rules of the user’s', () => {
  test('a line that is to fail does, whenever it comes, and says which pattern it was', async () => {
    judgeBy({ fail: ['replica\\[\\d+\\]: fatal'], allow: [] })
    booting = false
    judge.read('systemd: started')
    judge.read('replica[412]: fatal: no subnet')
    await setTimeout(500)
    expect(failures).toMatchObject([
      {
        class: 'console',
        message: expect.stringContaining('fatal'),
        evidence: ['replica[412]: fatal: no subnet'],
      },
    ])
  })

  test('a line that is allowed is no failure, whatever else says so', async () => {
    judgeBy({ fail: ['injected'], allow: ['injected by the test$'] })
    judge.read('Kernel panic - not syncing: injected by the test')
    expect(judge.verdict).toBeUndefined()
    judge.read('Kernel panic - not syncing: injected by nobody')
    expect(judge.verdict?.class).toBe('console')
    await setTimeout(500)
    expect(failures).toHaveLength(1)
  })

  test('a line whose end allows it is no failure, and the next one can still be', async () => {
    judgeBy({ fail: [], allow: ['injected$'] })
    judge.read('Kernel panic - not syncing: ')
    console.push('Kernel panic - not syncing: injected')
    await setTimeout(500)
    expect(judge.verdict).toBeUndefined()
    expect(failures).toEqual([])
    judge.read(panic)
    console.push(panic)
    await setTimeout(500)
    expect(failures).toMatchObject([{ class: 'kernel-panic', evidence: [panic] }])
  })
})

test('a line that proves nothing is kept for the day of reckoning, the first of them', () => {
  judgeBy({ fail: [], allow: ['swapper'] })
  judge.read('[   40.1] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:1]')
  expect(judge.hint).toBeUndefined()
  judge.read('[  242.1] INFO: task systemd:1 blocked for more than 120 seconds.')
  judge.read('[FAILED] Failed to start ssh.service - OpenBSD Secure Shell server.')
  expect(judge.verdict).toBeUndefined()
  expect(judge.hint?.message).toBe('a task of the guest hung in the kernel')
})
