import { expect, test } from '@jest/globals'
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../src/runtime/units.js'

test.each([
  ['4G', 4 * 2 ** 30],
  ['4GiB', 4 * 2 ** 30],
  ['512 MiB', 512 * 2 ** 20],
  ['1.5k', 1536],
  ['17', 17],
  ['2T', 2 * 2 ** 40],
  ['', undefined],
  ['lots', undefined],
  ['-1G', undefined],
  ['1e3', undefined],
  ['0.3', undefined],
  ['9999999T', undefined],
])('size %j', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5m', 90_000],
  ['250ms', 250],
  [' 5m ', 300_000],
  ['0s', 0],
  ['', undefined],
  ['5', undefined],
  ['5m x', undefined],
  ['1 h', undefined],
  ['-5s', undefined],
])('duration %j', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test('what people read', () => {
  expect([0, 17, 2 ** 20, 1.4 * 2 ** 30].map(formatSize)).toEqual(['0 B', '17 B', '1 MiB', '1.4 GiB'])
  expect([120, 9300, 99_960, 245_000].map(formatDuration)).toEqual([
    '0.12 s',
    '9.3 s',
    '1 m 40 s',
    '4 m 05 s',
  ])
})
