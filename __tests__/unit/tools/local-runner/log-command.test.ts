import { expect, test } from '@jest/globals'
import { lineSplitter } from '../../../../tools/local-runner/lines.js'
import { parseLogCommand } from '../../../../tools/local-runner/log-command.js'

test('reads a command with its properties, unescaped', () => {
  expect(parseLogCommand('::error file=a%2Cb.ts,line=3::one%0Atwo %25')).toEqual({
    name: 'error',
    properties: { file: 'a,b.ts', line: '3' },
    data: 'one\ntwo %',
  })
})

test.each([
  ['  ::warning::after spaces', 'warning'],
  ['\u0085::warning::after a next-line character', 'warning'],
  ['\u00a0\u3000::GROUP::after wide spaces, in capitals', 'group'],
  ['text ##[error]anywhere in the line', 'error'],
  ['::nonsense::x ##[notice]in a line that only looks like one', 'notice'],
  ['##[set-output name=a;]b', 'set-output'],
])('finds a command in %j', (line, name) => {
  expect(parseLogCommand(line)?.name).toBe(name)
})

test.each([
  ['text ::error::not at the start'],
  ['::unknown::command'],
  ['::error:: '.slice(0, -4)],
  ['##[unknown]x'],
  ['##[error without an end'],
  ['\ufeff::error::after a byte order mark'],
  ['#\\#[error]x'],
  [''],
])('finds none in %j', (line) => {
  expect(parseLogCommand(line)).toBeUndefined()
})

test('while stopped, reads only the token that resumes', () => {
  expect(parseLogCommand('::error::x', 'token-1')).toBeUndefined()
  expect(parseLogCommand('::TOKEN-1::', 'token-1')?.name).toBe('token-1')
})

test('splits lines at LF, CRLF and a lone CR, across chunks', () => {
  const lines: string[] = []
  const splitter = lineSplitter((line) => lines.push(line))
  for (const chunk of ['a\r', '\nb\rc', '\n\n', 'é'.slice(0, 1), '\r']) splitter.write(Buffer.from(chunk))
  splitter.write(Buffer.from([0xc3]))
  splitter.write(Buffer.from([0xa9]))
  splitter.end()
  expect(lines).toEqual(['a', 'b', 'c', '', 'é', 'é'])
})
