import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import type { RunResult } from '../../../../tools/local-runner/record.js'
import { runText, stepsOf, useCheckout } from '../../../fixtures/workflow-runner.js'

const checkout = useCheckout()

const logsOf = (result: RunResult): string[] =>
  result.jobs.flatMap(({ steps }) =>
    steps.flatMap(({ log }) =>
      log === undefined ? [] : readFileSync(path.join(result.folder, log), 'utf8').trimEnd().split('\n'),
    ),
  )

test('posts run last in first out, with the state of their main and inputs evaluated anew', async () => {
  const result = await runText(
    checkout,
    `
on: push
jobs:
  a:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - { id: first, uses: ./stages, with: { label: first } }
      - { id: second, uses: ./stages, with: { LABEL: second } }
      - { id: fails, run: exit 1 }
      - { id: never, uses: ./stages, with: { label: never } }
`,
  )
  const lines = logsOf(result).filter((line) => /^(main|post) /.test(line))
  expect(lines).toEqual([
    expect.stringMatching(/^main first success token:yes node:\d+$/),
    expect.stringMatching(/^main second success token:yes node:\d+$/),
    'post second failure second-state',
    'post first failure first-state',
  ])
  expect(result.jobs[0]?.steps.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
    'main success',
    'main success',
    'main success',
    'main failure',
    'main skipped',
    'post success',
    'post success',
  ])
})

test('a composite action has inputs, steps and outputs of its own', async () => {
  const result = await runText(
    checkout,
    `
on: push
jobs:
  a:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - { id: greet, uses: ./composite, with: { who: guest } }
      - { id: heard, run: 'echo "\${{ steps.greet.outputs.greeting }}"' }
`,
  )
  expect(logsOf(result)).toEqual(
    expect.arrayContaining([
      'token:none path:composite',
      expect.stringMatching(/^main inner success token:yes/),
      'hello guest',
      'post inner success inner-state',
    ]),
  )
  const steps = result.jobs[0]?.steps.map(({ depth, id, stage }) => [depth, id ?? '', stage])
  expect(steps).toEqual([
    [0, '', 'main'],
    [0, 'greet', 'main'],
    [1, 'say', 'main'],
    [1, '', 'main'],
    [0, 'heard', 'main'],
    [0, '', 'post'],
  ])
})

test('artifacts go from job to job through the built-in steps', async () => {
  const result = await runText(
    checkout,
    `
on: push
jobs:
  a:
    runs-on: x
    steps:
      - run: mkdir -p out/deep && echo one > out/one.txt && echo two > out/deep/two.txt && echo no > out/no.log
      - id: upload
        uses: actions/upload-artifact@v4
        with:
          name: reports
          path: |
            out/**
            !out/*.log
      - { id: none, uses: actions/upload-artifact@v4, continue-on-error: true, with: { name: none, path: nothing/*, if-no-files-found: error } }
  b:
    needs: a
    runs-on: x
    steps:
      - { uses: actions/download-artifact@v4, with: { pattern: 're*', path: in } }
      - { id: list, run: 'find in -type f | sort | xargs' }
`,
  )
  expect(result.outcome).toBe('success')
  expect(logsOf(result)).toContain('in/reports/deep/two.txt in/reports/one.txt')
  expect(stepsOf(result).none?.outcome).toBe('failure')
  const [artifact] = result.artifacts
  expect(artifact).toMatchObject({ name: 'reports', job: 'a', file: 'reports.zip' })
  expect(artifact?.digest).toBe(`sha256:${stepsOf(result).upload?.outputs['artifact-digest'] ?? ''}`)
})

test('an action that is not there says what to do', async () => {
  const result = await runText(checkout, 'on: push\njobs: { a: { runs-on: x, steps: [{ uses: ./stages }] } }')
  expect(result.outcome).toBe('failure')
  expect(result.printed.join('\n')).toContain('Did you forget to run actions/checkout')
})
