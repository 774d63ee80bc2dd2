import { beforeEach, expect, test } from '@jest/globals'
import type { Restart } from '../../../src/vm/state.js'
import { Restarts } from '../../../src/vm/supervisor/restarts.js'

let now: number
let published: readonly Restart[]
let restarts: Restarts

beforeEach(() => {
  now = 100
  published = []
  restarts = new Restarts(
    () => now,
    (list) => (published = list),
  )
})

test('the first boot of a guest is no restart', () => {
  restarts.reach('kernel')
  restarts.fail({ class: 'kernel-panic', message: 'p', evidence: [] })
  expect(published).toEqual([])
})

test('each restart has its stages, counted from its beginning, and the first that went wrong', () => {
  restarts.begin()
  now += 1.5
  restarts.reach('kernel')
  now += 1
  restarts.reach('kernel')
  restarts.fail({ class: 'kernel-panic', message: 'first', evidence: [] })
  restarts.fail({ class: 'kernel-panic', message: 'second', evidence: [] })
  now += 7.5
  restarts.begin()
  expect(published).toEqual([
    {
      at: 100,
      timings: { firmware: 0, kernel: 1.5 },
      failure: { class: 'kernel-panic', message: 'first', evidence: [] },
    },
    { at: 110, timings: { firmware: 0 } },
  ])
})

test('of a guest that restarts without end the latest are kept', () => {
  for (; now < 200; now += 1) restarts.begin()
  expect(published.map(({ at }) => at)).toEqual([190, 191, 192, 193, 194, 195, 196, 197, 198, 199])
})
