import { expect, test } from '@jest/globals'
import { parsePairs } from '../../../../tools/local-runner/command-files.js'

test('reads pairs and heredocs', () => {
  const text = 'a=1\nb=x=y<<z\n\nc<<END\nfirst\n\nlast=1\nEND\nd=\n'
  expect(parsePairs(text)).toEqual({ a: '1', b: 'x=y<<z', c: 'first\n\nlast=1', d: '' })
})

test.each([
  ['plain', "Invalid format 'plain'"],
  ['=x', "Invalid format '=x'. Name must not be empty"],
  ['a<<END\nx', "Invalid value. Matching delimiter not found 'END'"],
  ['a<<', "Invalid format 'a<<'. Name must not be empty and delimiter must not be empty"],
])('refuses %j', (text, message) => {
  expect(() => parsePairs(text)).toThrow(message)
})
