import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { findTests } from '../../../src/smoke/discover.js'
import { guestCommand } from '../../../src/smoke/guest-command.js'
import { plan } from '../../../src/smoke/plan.js'
import type { SmokeTest } from '../../../src/smoke/test.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tests-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const defaults = { timeout: 1000, isolation: 'shared' } as const

function write(name: string, text: string, mode = 0o644): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

test('an entry may say everything', () => {
  const file = write(
    'all.yml',
    `# two tests
- name: first
  run: |
    one
    two
  expect: { exit: 3, stdout: "a b", stderr: "/^x\\\\d$/" }
  within: 1m30s
  timeout: 500ms
  needs: [second]
  isolation: shared
  tags: [net, slow]
  group: g
  reboots: true
- { name: second, run: "true" }
`,
  )
  const [first, second] = findTests(file, { timeout: 60_000, isolation: 'shared' })
  expect(first).toEqual({
    name: 'first',
    source: { file: path.relative('', file), line: 2 },
    action: { script: 'one\ntwo\n' },
    expect: { exit: 3, stdout: { contains: 'a b' }, stderr: { matches: /^x\d$/mu } },
    within: 90_000,
    timeout: 500,
    needs: ['second'],
    tags: ['net', 'slow'],
    isolation: 'shared',
    group: 'g',
    reboots: true,
  })
  expect(second).toMatchObject({ source: { line: 14 }, expect: {}, timeout: 60_000, needs: [] })
})

test.each([
  ['not a list', 'name: a', /bad\.yml:1: .*is not valid; allowed: a list of tests/],
  ['empty', '', /bad\.yml:1: null is not valid; allowed: a list of tests/],
  ['not YAML', '- name: a\n  run: [', /bad\.yml:2: /],
  [
    'unknown key',
    '- name: a\n  run: b\n  wihtin: 3s',
    /bad\.yml:3: \[0\]\.wihtin: unknown key; allowed: name, run, expect, within/,
  ],
  ['missing key', '- name: a', /bad\.yml:1: \[0\]: the key run is missing/],
  [
    'duration',
    '- name: a\n  run: b\n  within: 30',
    /bad\.yml:3: \[0\]\.within: 30 is not valid; allowed: a duration/,
  ],
  [
    'exit status',
    '- name: a\n  run: b\n  expect:\n    exit: 300',
    /bad\.yml:4: \[0\]\.expect\.exit: 300 is not valid; allowed: an exit status/,
  ],
  [
    'pattern',
    '- name: a\n  run: b\n  expect:\n    stdout: /(/',
    /bad\.yml:4: \[0\]\.expect\.stdout: "\/\(\/" is not valid .*allowed: text, or/,
  ],
  [
    'isolation',
    '- name: a\n  run: b\n  isolation: forked',
    /bad\.yml:3: \[0\]\.isolation: "forked" is not valid; allowed: shared, fork/,
  ],
])('a wrong file is told with line, key, value and what is allowed: %s', (_, text, message) => {
  const file = write('bad.yml', text)
  expect(() => findTests(file, defaults)).toThrow(message)
})

test('a folder gives its executables and YAML files, in order', () => {
  write('b.sh', '#!/bin/sh\n', 0o755)
  write('a.yaml', '- { name: from-yaml, run: "true" }')
  write('net/dns', '#!/bin/sh\n', 0o755)
  write('notes.md', 'text')
  write('.hidden', '#!/bin/sh\n', 0o755)
  write('.git/hook', '#!/bin/sh\n', 0o755)
  symlinkSync('b.sh', path.join(folder, 'c.sh'))
  expect(findTests(folder, defaults).map(({ name }) => name)).toEqual([
    'from-yaml',
    'b.sh',
    'c.sh',
    'net/dns',
  ])
})

test('a YAML file of the kinds that goss knows is one test, for the goss of the guest', () => {
  write('net/open.yaml', 'port:\n  tcp:22:\n    listening: true\n')
  write('tests.yml', '- { name: ours, run: "true" }')
  const [goss, ours] = findTests(folder, defaults)
  expect(goss).toMatchObject({ name: 'net/open.yaml', action: { goss: path.join(folder, 'net/open.yaml') } })
  expect(ours).toMatchObject({ name: 'ours' })
  const { text, file } = guestCommand({ action: goss?.action ?? { script: '' } }, { A: "it's" })
  expect(text).toMatch(
    /^export A='it'\\''s'; exec \$limit sh -c '.*exit 77.*goss -g "\$1" validate --format tap/,
  )
  expect(file).toEqual({ name: 'open.yaml', content: readFileSync(path.join(folder, 'net/open.yaml')) })
  write('net/open.yaml', 'port: {}\nprt: {}\n')
  expect(() => findTests(folder, defaults)).toThrow(/open\.yaml:1: .*allowed: a list of tests/)
})

test('a script that someone forgot to make executable is no silence', () => {
  write('a.sh', '#!/bin/sh\n')
  expect(() => findTests(folder, defaults)).toThrow(
    /a\.sh: it begins with #! and is not executable: chmod \+x/,
  )
})

test('no test at all is an error', () => {
  write('notes.md', 'text')
  expect(() => findTests(folder, defaults)).toThrow(
    /^Input tests: .*a folder that holds tests: executable files/,
  )
})

const named = (name: string, ...needs: string[]): SmokeTest => ({
  name,
  source: { file: 't.yml', line: 1 },
  action: { script: 'true' },
  expect: {},
  timeout: 1000,
  needs,
  tags: [],
  isolation: 'shared',
  reboots: false,
})

test('tests run as given, after those they need', () => {
  const tests = [named('a', 'c'), named('b'), named('c', 'd'), named('d', 'off')]
  expect(plan(tests, ['off']).map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b'])
})

test.each([
  [
    'one name twice',
    [named('a'), named('a')],
    't.yml:1: two tests are named "a", the other in t.yml:1; allowed: a name of its own',
  ],
  ['an unknown need', [named('a', 'x'), named('b')], 't.yml:1: needs: "x" is not valid; allowed: b'],
  ['a circle', [named('a', 'b'), named('b', 'a')], 't.yml:1: tests need each other: a -> b -> a'],
])('refuses %s', (_, tests, message) => {
  expect(() => plan(tests, [])).toThrow(message)
})
