import { describe, expect, test } from '@jest/globals'
import { inert, inertLines, visible, withoutAnsi } from '../../../src/runtime/inert.js'
import { liveCommands } from '../../fixtures/live-commands.js'

const hostile = [
  '::set-output name=x::y',
  '   ::error::indented',
  '\t::error::behind a tab',
  '\u3000::error::behind an ideographic space',
  '\u00a0\u2003::error::behind other spaces',
  '\ufeff::error::behind a byte order mark',
  '\u000b\u000c::error::behind a vertical tab',
  'progress 10 %\r::add-mask::behind a carriage return',
  'text\u0085::error::behind a next line',
  'text\u2028::error::behind a line separator',
  'text\u2029##[error]behind a paragraph separator',
  'text ##[set-output name=x;]in the middle',
  '###[error]three',
  '####[error]four',
  '##\u200b[error]parted by nothing visible',
  '##\u001b[0m[error]parted by a colour',
  '\u001b[0m::error::behind a colour',
  '\u001b]0;title\u0007::error::behind a title',
  ':\u001b[1m:error::colour in the middle of the mark',
  ':\u0000:error::nothing in the middle of the mark',
  ':::error::three',
  '::::',
  '::',
  '##[',
  '#\\#[##[error]',
  '::error::a\r\n::error::b\n\r::error::c',
]

test('the check itself sees commands', () => {
  expect(liveCommands('a\r ::error::b\nharmless :: text\nx ##[group]y')).toEqual([
    ' ::error::b',
    'x ##[group]y',
  ])
})

describe.each(hostile)('%j', (text) => {
  test('is no command as one line, as lines, or without its colours', () => {
    for (const line of [
      inert(text),
      inert(withoutAnsi(text)),
      ...inertLines(text),
      ...inertLines(withoutAnsi(text)),
    ]) {
      expect(liveCommands(line)).toEqual([])
      expect(line).toBe(visible(line))
    }
  })

  test('stays harmless when made harmless twice', () => {
    expect(liveCommands(inert(inert(text)))).toEqual([])
  })
})

test('leaves ordinary text as it is', () => {
  for (const line of [
    'std::vector<int> a',
    '# Title',
    'a\tb',
    'äöü 日本 🙂',
    'C::D::e',
    '#[derive(Debug)]',
  ]) {
    expect(inert(line)).toBe(line)
  }
})

test('spells out what cannot be seen', () => {
  expect(visible('a\u0000b\u001b[1m\r\n\u202ec\u0085')).toBe('a\\x00b\\e[1m\\r\\n\\u202ec\\x85')
})

test('splits at LF and CRLF alone, and drops no empty line in between', () => {
  expect(inertLines('a\r\n\nb\rc\r\r\n')).toEqual(['a', '', 'b\\rc'])
})

test('terminal sequences go, text does not', () => {
  expect(withoutAnsi('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u001b\\link')).toBe('red link')
  // A title that is never ended must not swallow the lines after it.
  expect(withoutAnsi('\u001b]0;title\nthe evidence')).toBe('\nthe evidence')
})
