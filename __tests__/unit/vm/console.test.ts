import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ConsoleLog, consoleTail, smallestConsole } from '../../../src/vm/console.js'

let root: string
let folder: string
let file: string
let lines: string[]

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'console-'))
})

beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'log-'))
  file = path.join(folder, 'console.log')
  lines = []
})

afterAll(() => {
  rmSync(root, { recursive: true })
})

const open = (limit = smallestConsole): ConsoleLog =>
  new ConsoleLog(
    file,
    limit,
    (line) => lines.push(line),
    () => 12.3456,
  )

const written = (): string => readFileSync(file, 'utf8')
const bytes = (): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0)

test('gives each line its time, however the pieces fall', () => {
  const log = open()
  for (const piece of ['a', 'b\r', '\nc', '\n\n', 'd']) log.add(piece)
  expect(lines).toEqual(['ab', 'c', ''])
  expect(log.unfinished()).toBe('d')
  expect(log.tail()).toEqual(['ab', 'c', '', 'd'])
  log.end()
  expect(written()).toBe('[   12.346] ab\n[   12.346] c\n[   12.346] \n[   12.346] d\n')
})

test('is there to read while the guest runs', () => {
  open().add('first\n')
  expect(written()).toBe('[   12.346] first\n')
})

test.each(['\n', ''])(
  'a flood that ends its lines with %j stays within the limit, and its end is kept',
  (end) => {
    const log = open()
    for (let n = 0; n < 300; n += 1) {
      log.add(`${String(n).padStart(6, '0')} ${'x'.repeat(4000)}${end}`)
      expect(bytes()).toBeLessThanOrEqual(smallestConsole)
    }
    log.add('the end\n')
    log.end()
    expect(bytes()).toBeGreaterThan(smallestConsole / 4)
    expect(written()).toMatch(/the end\n$/)
    expect(lines.every((line) => line.length <= 4096)).toBe(true)
  },
)

test('bytes that must be spelled out count as what they become', () => {
  const log = open()
  for (let n = 0; n < 50; n += 1) {
    log.add('\u202e'.repeat(20_000))
    expect(bytes()).toBeLessThanOrEqual(smallestConsole)
  }
  log.add(`${'\u202e'.repeat(20_000)}\n`)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(6 * 4096)
})

test('one piece with many lines rotates as often as it must', () => {
  const log = open()
  log.add(Array.from({ length: 10_000 }, (_, n) => `line ${n}\n`).join(''))
  expect(lines).toHaveLength(10_000)
  expect(bytes()).toBeLessThanOrEqual(smallestConsole)
  expect(written()).toMatch(/line 9999\n$/)
})

test('nothing in it can steer a terminal or break a line', () => {
  const log = open()
  log.add('\u001b[2J\u001b[1;1HWelcome \u001b[32mto\u001b[0m\u0000 it\u202e\u0085\rgone\ufffd\n')
  expect(lines).toEqual(['Welcome to\\x00 it\\u202e\\x85\\rgone\ufffd'])
})

test('the tail is bounded, and reaches back over a rotation', () => {
  const log = open()
  for (let n = 0; n < 5000; n += 1) log.add(`line ${n}\n`)
  expect(log.tail()).toHaveLength(60)
  expect(log.tail().at(-1)).toBe('line 4999')
  const tail = consoleTail(file, 1200)
  expect(tail).toHaveLength(1200)
  expect(tail.map((line) => Number(/line (\d+)/.exec(line)?.[1]))).toEqual(
    Array.from({ length: 1200 }, (_, n) => 3800 + n),
  )
})

test('without a log there is no tail', () => {
  expect(consoleTail(path.join(folder, 'none'), 10)).toEqual([])
})
