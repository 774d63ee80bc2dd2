import { Failure, UserError } from '../runtime/errors.js'
import { Board } from './board.js'
import type { TestResult } from './result.js'
import { type GuestRunOptions, runIn, withoutAttempt } from './run.js'
import type { SmokeTest } from './test.js'

/** A result for every test, in their order, and the error that kept some of them from running. */
export interface Scheduled {
  readonly results: readonly TestResult[]
  readonly error?: Error
}

/** Runs planned tests on the VM in `folder`. */
export async function schedule(
  folder: string,
  tests: readonly SmokeTest[],
  options: Omit<GuestRunOptions, 'unmet' | 'settle'>,
): Promise<Scheduled> {
  const board = new Board(tests)
  const error = await runIn(folder, tests, {
    ...options,
    unmet: (test) => board.unmet(test),
    settle: (test, result) => {
      board.settle(test, result)
    },
  }).catch(known)
  for (const test of board.open()) {
    board.settle(test, withoutAttempt(test, 'skipped', error?.message ?? 'it was not reached'))
  }
  return { results: board.results(), ...(error !== undefined && { error }) }
}

function known(error: unknown): Error {
  if (error instanceof Failure || error instanceof UserError) return error
  throw error
}
