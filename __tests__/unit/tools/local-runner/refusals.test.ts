import { expect, test } from '@jest/globals'
import { parseOptions } from '../../../../tools/local-runner/options.js'
import { runText, useCheckout } from '../../../fixtures/workflow-runner.js'

const checkout = useCheckout()

const job = (fields: string): string => `on: push\njobs: { a: { runs-on: x, ${fields} } }`
const step = (fields: string): string => job(`steps: [{ ${fields} }]`)

test.each([
  ['services', job('services: { db: { image: redis } }, steps: [{ run: x }]')],
  ['container', job('container: debian, steps: [{ run: x }]')],
  ['reusable workflows', 'on: push\njobs: { a: { uses: ./.github/workflows/other.yml } }'],
  ['Docker container actions: uses: docker://alpine', step('uses: "docker://alpine"')],
  ['third-party actions: uses: someone/thing@v1', step('uses: someone/thing@v1')],
])('refuses %s by name before anything runs', async (what, yaml) => {
  await expect(runText(checkout, yaml)).rejects.toThrow(`The local runner does not support ${what}`)
})

test.each([
  ['a step with neither run nor uses', step('name: x'), 'is not a valid workflow'],
  ['an unknown key', step('run: x, rum: y'), "Unexpected value 'rum'"],
  ['a context that is not there', step("if: secrets.X == '1', run: x"), 'Unrecognized named-value'],
  [
    'a need that is not there',
    `${step('run: x').slice(0, -1)}, c: { needs: b, runs-on: x, steps: [] } }`,
    "'b'",
  ],
])('refuses %s', async (_, yaml, message) => {
  await expect(runText(checkout, yaml)).rejects.toThrow(message)
})

test('names the events and jobs a workflow has', async () => {
  const yaml = step('run: x')
  await expect(runText(checkout, yaml, { event: 'schedule' })).rejects.toThrow(
    'no trigger schedule; it has: push',
  )
  await expect(runText(checkout, yaml, { job: 'b' })).rejects.toThrow('no job b; it has: a')
})

test.each([
  [{}, 'requires the input size'],
  [{ size: 'XL' }, 'allowed: S, M'],
  [{ size: 'S', fast: 'yes' }, 'allowed: true, false'],
  [{ size: 'S', slow: 'true' }, 'no input slow; it has: size, fast'],
])('refuses the inputs %j of workflow_dispatch', async (inputs, message) => {
  const yaml = `
on:
  workflow_dispatch:
    inputs:
      size: { type: choice, options: [S, M], required: true }
      fast: { type: boolean, default: true }
jobs: { a: { runs-on: x, steps: [{ run: x }] } }`
  await expect(runText(checkout, yaml, { inputs })).rejects.toThrow(message)
})

test.each([
  [[], 'Which workflow file?'],
  [['a.yml', 'b.yml'], 'not clear what to do with: b.yml'],
  [['a.yml', '--bogus'], "Unknown option '--bogus'"],
  [['a.yml', '--input', 'x'], '--input x: expected NAME=VALUE'],
])('refuses the command line %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message)
})
