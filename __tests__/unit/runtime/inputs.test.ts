import { expect, test } from '@jest/globals'
import path from 'node:path'
import { InputError } from '../../../src/runtime/errors.js'
import { InputReader } from '../../../src/runtime/inputs.js'

const reader = (value: string): InputReader => new InputReader(() => value)

/** The error that `read` throws, of which every part must be there. */
function refusal(read: (inputs: InputReader) => unknown, value: string): InputError {
  try {
    read(reader(value))
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error(`${JSON.stringify(value)} was taken`)
}

test.each([
  ['required', (i: InputReader) => i.required('x', 'a word'), '  ', 'a word'],
  ['matching', (i: InputReader) => i.matching('x', /^a+$/, 'letters a'), 'b', 'letters a'],
  ['choice', (i: InputReader) => i.choice('x', ['kvm', 'tcg']), 'KVM', 'kvm, tcg'],
  ['boolean', (i: InputReader) => i.boolean('x'), 'yes', 'true or false'],
  ['integer', (i: InputReader) => i.integer('x', 1, 9), '10', 'a whole number from 1 to 9'],
  ['integer', (i: InputReader) => i.integer('x', 1, 9), '1e0', 'a whole number from 1 to 9'],
  ['size', (i: InputReader) => i.size('x'), 'lots', 'a size such as 512MiB'],
  ['size', (i: InputReader) => i.size('x'), '0', 'a size such as'],
  ['size', (i: InputReader) => i.size('x', 2 ** 20), '1023K', 'at least 1 MiB'],
  ['duration', (i: InputReader) => i.duration('x'), '90', 'a duration such as 90s'],
  ['duration', (i: InputReader) => i.duration('x', 1000), '0s', 'at least 1.0 s'],
  ['existing', (i: InputReader) => i.existing('x', 'file'), 'nowhere', 'the path of a file that exists'],
  ['existing', (i: InputReader) => i.existing('x', 'file'), 'src', 'not of a folder'],
  ['existing', (i: InputReader) => i.existing('x', 'folder'), 'package.json', 'not of a file'],
])('%s refuses with input, value and what is allowed', (_, read, value, allowed) => {
  const { message } = refusal(read, value)
  expect(message).toContain('Input x: ')
  expect(message).toContain(JSON.stringify(value.trim()))
  expect(message).toContain(allowed)
})

test('the shown value cannot break out of its line', () => {
  expect(refusal((i) => i.choice('x', ['a']), 'b\n::error::c').message).toBe(
    'Input x: "b\\n::error::c" is not valid; allowed: a',
  )
})

test('booleans are YAML 1.2’s', () => {
  expect(['true', 'True', 'TRUE', 'false', 'False', 'FALSE'].map((v) => reader(v).boolean('x'))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ])
  for (const value of ['', 'on', 'off', 'no', '1', 'tRue'])
    expect(() => reader(value).boolean('x')).toThrow(InputError)
})

test('lines skip blanks and comments', () => {
  expect(reader(' a=1 \r\n\n# not this\nb\n').lines('x')).toEqual(['a=1', 'b'])
})

test('optional reads only what is set', () => {
  expect(reader(' ').optional('x', () => 1)).toBeUndefined()
  expect(reader('5').optional('x', (name) => name)).toBe('x')
})

test('paths become absolute', () => {
  expect(reader('package.json').existing('x', 'file')).toBe(path.resolve('package.json'))
})

test('a renamed reader reads the other name', () => {
  const inputs = new InputReader((name) => `value of ${name}`).renamed({ timeout: 'boot-timeout' })
  expect([inputs.text('timeout'), inputs.text('image')]).toEqual(['value of boot-timeout', 'value of image'])
})
