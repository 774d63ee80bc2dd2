import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { identityOf, lives, processSpace } from '../../../src/runtime/process-identity.js'

test('a process is itself while it lives, and nobody afterwards', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const identity = identityOf(child.pid ?? 0)
  expect(identity).toEqual({ pid: child.pid, started: expect.any(Number) })
  expect(identity?.started).toBeGreaterThan(0)
  expect(identity && lives(identity)).toBe(true)
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  expect(identity && lives(identity)).toBe(false)
})

test('another process of the same number is another', () => {
  const self = identityOf(process.pid)
  expect(self && lives({ ...self, started: self.started - 1 })).toBe(false)
})

test('numbers are those of this host and container', () => {
  expect(processSpace()).toMatch(/^[0-9a-f]{16}$/)
  expect(processSpace()).toBe(processSpace())
})
