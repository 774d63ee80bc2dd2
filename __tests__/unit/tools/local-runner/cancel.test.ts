import { expect, test } from '@jest/globals'
import { runStepProcess } from '../../../../tools/local-runner/step-process.js'
import { runText, stepsOf, useCheckout } from '../../../fixtures/workflow-runner.js'

const checkout = useCheckout()

const never = new AbortController().signal

test('a process that ignores them gets SIGINT, SIGTERM, then SIGKILL; its children get none', async () => {
  const cancel = new AbortController()
  const lines: string[] = []
  const script = `
    trap 'echo INT' INT; trap 'echo TERM' TERM
    env --default-signal=INT bash -c 'trap "echo child" INT TERM; while :; do sleep 0.05; done' & echo child=$!
    while :; do sleep 0.05; done`
  const started = performance.now()
  const status = await runStepProcess({
    command: ['bash', '-c', script],
    cwd: checkout.workspace,
    env: { PATH: process.env.PATH ?? '' },
    onLine: (line) => {
      lines.push(line)
      if (line.startsWith('child=')) cancel.abort()
      if (line === 'TERM') process.kill(Number(lines[0]?.slice('child='.length)), 'SIGKILL')
    },
    cancel: cancel.signal,
    force: never,
    graces: { interrupt: 300, terminate: 200 },
  })
  expect(status).toBe('SIGKILL')
  expect(lines.filter((line) => /^(INT|TERM|child)$/.test(line))).toEqual(['INT', 'TERM'])
  expect(performance.now() - started).toBeGreaterThan(500)
})

test('a cancelled run ends its step, skips the others, and runs what is always due', async () => {
  const cancel = new AbortController()
  const result = await runText(
    checkout,
    `
on: push
jobs:
  a:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - { id: stages, uses: ./stages, with: { label: x } }
      - { id: running, run: "trap 'echo interrupted; exit 0' INT; echo started; while :; do sleep 0.05; done" }
      - { id: next, run: echo no }
      - { id: failed, if: failure(), run: echo no }
      - { id: cleanup, if: always(), run: 'echo \${{ job.status }}' }
      - { id: cancelled, if: cancelled(), run: echo yes }
  b:
    if: always()
    needs: a
    runs-on: x
    steps: [{ id: later, run: echo no }]
`,
    {
      cancel: cancel.signal,
      print: (line) => {
        if (line.trim() === 'started') cancel.abort()
      },
    },
  )
  const outcomes = Object.entries(stepsOf(result)).map(([id, { outcome }]) => [id, outcome])
  expect(Object.fromEntries(outcomes)).toEqual({
    'Run actions/checkout@v4': 'success',
    stages: 'success',
    running: 'cancelled',
    next: 'skipped',
    failed: 'skipped',
    cleanup: 'success',
    cancelled: 'success',
    'Post Run ./stages': 'success',
    later: 'skipped',
  })
  expect(result.outcome).toBe('cancelled')
  expect(result.printed.map((line) => line.trim())).toEqual(
    expect.arrayContaining(['interrupted', 'cancelled', 'post x cancelled x-state']),
  )
})

test('a step that may run in a cancelled job is not cut short', async () => {
  const cancel = new AbortController()
  const result = await runText(
    checkout,
    `on: push\njobs: { a: { runs-on: x, steps: [{ id: s, if: always(), run: 'echo started; sleep 0.3; echo finished' }] } }`,
    {
      cancel: cancel.signal,
      print: (line) => {
        if (line.trim() === 'started') cancel.abort()
      },
    },
  )
  expect(stepsOf(result).s?.outcome).toBe('success')
  expect(result.printed.map((line) => line.trim())).toContain('finished')
})
