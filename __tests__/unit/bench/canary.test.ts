import { expect, test } from '@jest/globals'
import { canaryHere, readCanary } from '../../../src/bench/canary.js'

test('the canary on this machine', async () => {
  const canary = await canaryHere()
  for (const seconds of Object.values(canary ?? {})) {
    expect(seconds).toBeGreaterThan(0.001)
    expect(seconds).toBeLessThan(10)
  }
  expect(Object.keys(canary ?? {})).toEqual(['cpu', 'memory', 'syscalls'])
})

test.each([
  ['nothing, from a guest without a shell like this', ''],
  ['words, where date knows no nanoseconds', 'sh: arithmetic syntax error\n'],
  ['a clock that was set back', '12 -5 3\n'],
  ['more than was asked', '1 2 3\n::error::x\n'],
])('%s', (_, text) => {
  expect(readCanary(text)).toBeNull()
})

test('seconds out of nanoseconds', () => {
  expect(readCanary('1500000000 20 0\n')).toEqual({ cpu: 1.5, memory: 2e-8, syscalls: 0 })
})
