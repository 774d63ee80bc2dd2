import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const program = path.resolve(
  import.meta.dirname,
  '../../../guestos/components/slots/usr/libexec/guestos/health',
)

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'health-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function check(name: string, script: string): void {
  const file = path.join(folder, name)
  writeFileSync(file, `#!/bin/sh\necho x >> "$0.ran"\n${script}\n`)
  chmodSync(file, 0o755)
}

function health(): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('sh', [program, folder], { encoding: 'utf8' })
}

const runs = (name: string): number => readFileSync(path.join(folder, `${name}.ran`), 'utf8').length / 2

test('a check is tried again until it succeeds', () => {
  check('a', 'exit 0')
  check('b', '[ "$(wc -l < "$0.ran")" -ge 2 ]')
  expect(health()).toMatchObject({ status: 0, stdout: 'a: healthy\nb: healthy\n' })
  expect([runs('a'), runs('b')]).toEqual([1, 2])
})

test('a check that says that no time would help is not', () => {
  check('a', 'exit 2')
  check('b', 'exit 0')
  const { status, stderr } = health()
  expect(status).toBe(1)
  expect(stderr).toContain('a: not healthy, for good')
  expect(runs('a')).toBe(1)
})
