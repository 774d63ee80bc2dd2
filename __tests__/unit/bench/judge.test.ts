import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import type { BenchmarkInputs } from '../../../src/bench/inputs.js'
import { joinedProblem, problemsOf } from '../../../src/bench/judge.js'
import { Failure, UserError } from '../../../src/runtime/errors.js'
import type { Received } from '../../../src/ssh/transfer.js'

const inputs = {
  runner: '/b/run.sh',
  resultsDirectory: 'out',
  timeout: 60_000,
  ifNoResults: 'error',
} as BenchmarkInputs
const nothing: Received = { files: [], skipped: [], missing: false, complaint: '' }
const something: Received = { ...nothing, files: [{ path: 'x', bytes: 1 }] }

let log: string
beforeEach(() => {
  log = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    log += chunk.toString()
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
})

function judge(
  received: Received,
  exitCode = 0,
  given: Partial<BenchmarkInputs> = {},
  timedOut = false,
): string[] {
  const journal = { folder: '/f', canary: { before: null, after: null }, phases: [] }
  const run = { folder: '', end: { exitCode, timedOut, milliseconds: 1 }, received, complete: true }
  return problemsOf({ ...inputs, ...given }, { ...journal, runs: [run] }).map((error) => error.message)
}

test('results and a status of 0 are no problem', () => {
  expect(judge(something)).toEqual([])
})

test('a status of 0 does not stand for results', () => {
  expect(judge({ ...nothing, missing: true })).toEqual(['run.sh left no results: out is missing'])
  expect(judge(nothing)).toEqual(['run.sh left no results: out is empty'])
  expect(judge({ ...nothing, files: [{ path: 'x', bytes: 0 }] })).toEqual([
    'run.sh left no results: out is empty',
  ])
})

test('results do not stand for a status of 0', () => {
  expect(judge(something, 2)).toEqual(['run.sh ended with status 2'])
  expect(judge(something, 124, {}, true)).toEqual(['run.sh had not ended after 60.0 s and was stopped'])
})

test('the user may take no results lightly', () => {
  expect(judge(nothing, 0, { ifNoResults: 'ignore' })).toEqual([])
  expect(log).toBe('run.sh left no results: out is empty\n')
  expect(judge(nothing, 0, { ifNoResults: 'warn' })).toEqual([])
  expect(log).toContain('::warning::run.sh left no results')
})

test('a file cut at a limit is a result', () => {
  expect(judge({ ...nothing, limit: '1 B in one file', cut: 'x' })).toEqual([])
})

test('a broken stream says what tar said', () => {
  expect(judge({ ...something, broken: 'tar ended with status 2', complaint: 'tar: x: denied' })).toEqual([
    'Not all results could be copied: tar ended with status 2\ntar: x: denied',
  ])
})

test('of several problems one error is made, and a VM’s failure keeps its class', () => {
  expect(joinedProblem([])).toBeUndefined()
  const one = new UserError('one')
  expect(joinedProblem([one])).toBe(one)
  expect(joinedProblem([one, new UserError('two')])).toMatchObject({ name: 'UserError', message: 'one\ntwo' })
  const dead = new Failure({ class: 'kernel-panic', message: 'dead', evidence: ['Oops'], stage: 'ready' })
  expect(joinedProblem([dead, one])).toMatchObject({
    class: 'kernel-panic',
    message: 'dead\none',
    evidence: ['Oops'],
    stage: 'ready',
  })
})
