import { expect, test } from '@jest/globals'
import { anyCid, firstCid, lastCid, settleVsock } from '../../../src/vm/vsock.js'

// A device that any user may open, in the place of one that many hosts lack.
const usable = '/dev/null'

test('off needs no device', () => {
  expect(settleVsock('off', '/nowhere')).toBeNull()
})

test('auto takes a CID where there is a device, and does without elsewhere', () => {
  expect(settleVsock('auto', '/nowhere')).toBeNull()
  const cid = settleVsock('auto', usable)
  expect(cid).toBeGreaterThanOrEqual(firstCid)
  expect(cid).toBeLessThanOrEqual(lastCid)
})

test('a CID that was asked for is an error where it cannot be had', () => {
  expect(settleVsock(42, usable)).toBe(42)
  expect(() => settleVsock(42, '/nowhere')).toThrow(
    /^Input vsock: "42" is not valid; allowed: auto or off, .*modprobe/,
  )
})

test('two VMs are unlikely to pick the same', () => {
  expect(new Set(Array.from({ length: 1000 }, anyCid)).size).toBeGreaterThan(995)
})
