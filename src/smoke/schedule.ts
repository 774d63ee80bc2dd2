import { Failure, UserError } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { saveVm, type Snapshot } from '../vm/fork.js'
import { stopVm } from '../vm/stop.js'
import { Board } from './board.js'
import type { TestResult } from './result.js'
import { type GuestRunOptions, runIn, withoutAttempt } from './run.js'
import type { SmokeTest } from './test.js'

export interface ScheduleOptions extends Omit<GuestRunOptions, 'unmet' | 'settle'> {
  /** Forks that run at one time. */
  readonly jobs: number
}

/** A result for every test, in their order, and the error that kept some of them from running. */
export interface Scheduled {
  readonly results: readonly TestResult[]
  readonly error?: Error
}

/**
 * Runs planned tests on the VM in `folder`: the shared ones in it, one after another, and beside them the others in
 * forks of it as it was before the first test. Whatever happens in a fork concerns its own tests only.
 */
export async function schedule(
  folder: string,
  tests: readonly SmokeTest[],
  { jobs, ...options }: ScheduleOptions,
): Promise<Scheduled> {
  const board = new Board(tests)
  const run: Runner = (vm, some) =>
    runIn(vm, some, {
      ...options,
      unmet: (test) => board.unmet(test),
      settle: (test, result) => {
        board.settle(test, result)
      },
    })
  const error = await runAll(folder, tests, jobs, board, run).catch(known)
  for (const test of board.open()) {
    board.settle(test, withoutAttempt(test, 'skipped', error?.message ?? 'it was not reached'))
  }
  return { results: board.results(), ...(error !== undefined && { error }) }
}

type Runner = (folder: string, tests: readonly SmokeTest[]) => Promise<Failure | undefined>

async function runAll(
  folder: string,
  tests: readonly SmokeTest[],
  jobs: number,
  board: Board,
  run: Runner,
): Promise<Failure | UserError | undefined> {
  const shared = tests.filter(({ isolation }) => isolation === 'shared')
  const groups = inGroups(tests.filter(({ isolation }) => isolation === 'fork'))
  if (groups.length === 0) return inOriginal(folder, shared, board, run)
  const snapshot = await saveVm(folder)
  info(`The VM is saved, to be forked for ${groups.length} tests or groups, ${jobs} at a time`)
  try {
    // A queue that all workers take from, in the order of the plan: what a test needs is always before it.
    const queue = groups.values()
    const work = async (): Promise<void> => {
      for (const group of queue) await inFork(snapshot, group, board, run)
    }
    const workers = Array.from({ length: Math.min(jobs, groups.length) }, work)
    const [error] = await Promise.all([inOriginal(folder, shared, board, run), ...workers])
    return error ?? undefined
  } finally {
    await snapshot.remove()
  }
}

/** Runs tests on the VM itself. Gives why it died, or could not be reached. */
async function inOriginal(
  folder: string,
  tests: readonly SmokeTest[],
  board: Board,
  run: Runner,
): Promise<Failure | UserError | undefined> {
  if (tests.length === 0) return undefined
  try {
    return await run(folder, tests)
  } catch (error) {
    const { message } = known(error)
    for (const test of tests.filter((each) => board.isOpen(each))) {
      board.settle(test, withoutAttempt(test, 'skipped', message))
    }
    return known(error)
  }
}

/** Runs tests on a fork of their own. That there is none, or that it dies, is their failure and nobody else's. */
async function inFork(
  snapshot: Snapshot,
  tests: readonly SmokeTest[],
  board: Board,
  run: Runner,
): Promise<void> {
  const needed = await Promise.all(tests.map((test) => board.unmet(test, tests)))
  if (needed.every((reason) => reason !== undefined)) {
    for (const [index, test] of tests.entries()) {
      board.settle(test, withoutAttempt(test, 'skipped', needed[index] ?? ''))
    }
    return
  }
  let fork: string | undefined
  try {
    fork = await snapshot.fork()
    await run(fork, tests)
  } catch (error) {
    const { message } = known(error)
    for (const test of tests.filter((each) => board.isOpen(each))) {
      board.settle(test, withoutAttempt(test, 'failed', `there is no fork to run it in: ${message}`))
    }
  } finally {
    if (fork !== undefined) await stopVm(fork)
  }
}

/** Tests of one group together, the others each alone, in the order of the first of each. */
function inGroups(tests: readonly SmokeTest[]): SmokeTest[][] {
  const groups = new Map<string, SmokeTest[]>()
  for (const test of tests) {
    const key = test.group === undefined ? `test ${test.name}` : `group ${test.group}`
    groups.set(key, [...(groups.get(key) ?? []), test])
  }
  return [...groups.values()]
}

function known(error: unknown): Failure | UserError {
  if (error instanceof Failure || error instanceof UserError) return error
  throw error
}
