import { afterEach, expect, test } from '@jest/globals'
import { tmpdir } from 'node:os'
import { tempFolder } from '../../../src/runtime/temp.js'

const before = process.env.RUNNER_TEMP

afterEach(() => {
  if (before === undefined) delete process.env.RUNNER_TEMP
  else process.env.RUNNER_TEMP = before
})

test('the runner’s folder, and this machine’s where there is none', () => {
  process.env.RUNNER_TEMP = '/runner/temp'
  expect(tempFolder()).toBe('/runner/temp')
  process.env.RUNNER_TEMP = ''
  expect(tempFolder()).toBe(tmpdir())
  delete process.env.RUNNER_TEMP
  expect(tempFolder()).toBe(tmpdir())
})
