import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { untilAtRest } from '../../../src/vm/supervisor/rest.js'

test('what works is waited for until it rests, and what is gone is not waited for', async () => {
  const worker = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' })
  const pid = worker.pid ?? 0
  let rests = false
  const rest = untilAtRest(pid, new AbortController().signal).then(() => (rests = true))
  await setTimeout(1500)
  expect(rests).toBe(false)
  worker.kill('SIGSTOP')
  await rest
  worker.kill('SIGKILL')
  await new Promise((resolve) => worker.once('close', resolve))
  await expect(untilAtRest(pid, new AbortController().signal)).rejects.toThrow('ENOENT')
})

test('whoever stops waiting is not kept', async () => {
  await expect(untilAtRest(process.pid, AbortSignal.timeout(50))).rejects.toThrow('abort')
})
