import { count, type SmokeReport, type TestResult } from '../../../src/smoke/result.js'

/** A result of a test that passed, but for what is given. */
export function result(given: Partial<TestResult> & Pick<TestResult, 'name'>): TestResult {
  const status = given.status ?? 'passed'
  return {
    source: { file: 'smoke-tests/node.yml', line: 4 },
    status,
    flaky: false,
    seconds: 1.25,
    attempts: [{ status, seconds: 1.25, tries: 1, exitCode: 0, timedOut: false }],
    stdout: '',
    stderr: '',
    subtests: [],
    isolation: 'shared',
    vm: 'vm-1',
    console: [],
    ...given,
  }
}

/** A report of these tests. */
export function report(tests: readonly TestResult[], given: Partial<SmokeReport> = {}): SmokeReport {
  return {
    schema: 1,
    startedAt: '2026-03-01T04:05:06.789Z',
    seconds: 12.5,
    vm: {
      name: 'vm-1',
      image: { path: '/image.qcow2', digest: 'sha256:abc' },
      accelerator: 'kvm',
      qemuVersion: '8.2.2',
      bootId: null,
    },
    counts: count(tests),
    tests,
    ...given,
  }
}

/** Text that means something in every format. */
export const hostile =
  '</failure>]]> & "q" | `c` # SKIP x \\ ::error::a ##[error]b <script>\u0000\u001b\ud800\uffff\r\n::error::c'

/** One of each kind, hostile in name, reason and output. */
export const mixed = report([
  result({ name: 'passes', source: null }),
  result({
    name: hostile,
    status: 'failed',
    reason: hostile,
    stdout: hostile,
    stderr: hostile,
    console: [hostile],
    subtests: [
      { name: hostile, status: 'failed' },
      { name: 'later', status: 'todo', reason: hostile },
      { name: 'absent', status: 'skipped', reason: 'no such device' },
    ],
  }),
  result({ name: 'skips', status: 'skipped', reason: `needs | more # of it`, attempts: [] }),
  result({
    name: 'wavers',
    flaky: true,
    reason: 'exit status 1, expected 0',
    attempts: [
      {
        status: 'failed',
        seconds: 1,
        tries: 1,
        exitCode: 1,
        timedOut: false,
        reason: 'exit status 1, expected 0',
      },
      { status: 'passed', seconds: 0.25, tries: 1, exitCode: 0, timedOut: false },
    ],
  }),
])
