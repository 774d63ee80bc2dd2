import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

let folder: string

const lock = (version: string): string =>
  JSON.stringify({
    packages: {
      '': { name: 'x' },
      'node_modules/a': { version, integrity: 'sha512-a' },
      'node_modules/b': { version: '1.0.0', integrity: 'sha512-b', optional: true },
    },
  })

/* A project of its own, and an npm that does what `npm ci` would leave behind. */
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'setup-'))
  mkdirSync(path.join(folder, 'tools/node-versions'), { recursive: true })
  mkdirSync(path.join(folder, 'bin'))
  cpSync('tools/setup.mjs', path.join(folder, 'tools/setup.mjs'))
  for (const place of ['', 'tools/node-versions'])
    writeFileSync(path.join(folder, place, 'package-lock.json'), lock('1.0.0'))
  const npm = `#!/bin/sh
echo "$PWD: $*" >> ${folder}/npm.log
sleep 0.2
mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json`
  writeFileSync(path.join(folder, 'bin/npm'), npm, { mode: 0o755 })
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`,
})

const setup = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(folder, 'tools/setup.mjs'), ...args], {
    encoding: 'utf8',
    env: environment(),
  })

const calls = (): string[] =>
  existsSync(path.join(folder, 'npm.log'))
    ? readFileSync(path.join(folder, 'npm.log'), 'utf8').trim().split('\n')
    : []

test('installs on a fresh clone, then only what no longer matches its lock file', () => {
  expect(setup().status).toBe(0)
  const command = 'ci --ignore-scripts --no-audit --no-fund --loglevel=error'
  expect(calls()).toEqual([`${folder}: ${command}`, `${folder}/tools/node-versions: ${command}`])

  expect(setup().status).toBe(0)
  expect(calls()).toHaveLength(2)

  writeFileSync(path.join(folder, 'package-lock.json'), lock('2.0.0'))
  expect(setup().status).toBe(0)
  expect(calls().slice(2)).toEqual([`${folder}: ${command}`])
})

test('is content without optional packages that this platform has no use for', () => {
  setup()
  const installed = path.join(folder, 'node_modules/.package-lock.json')
  writeFileSync(
    installed,
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } }),
  )
  setup()
  expect(calls()).toHaveLength(2)
})

test('two at once install once', async () => {
  const ends = [1, 2].map(
    () =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [path.join(folder, 'tools/setup.mjs')], { env: environment() })
        child.on('exit', resolve)
      }),
  )
  expect(await Promise.all(ends)).toEqual([0, 0])
  expect(calls()).toHaveLength(2)
})

test('says what went wrong, without a stack', () => {
  writeFileSync(path.join(folder, 'bin/npm'), '#!/bin/sh\nexit 3', { mode: 0o755 })
  expect(setup()).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^npm ci .* failed with exit status 3\n$/),
  })
  expect(setup('bogus').stderr).toBe('Unknown: bogus; there are: vm, sshd, metrics, browser\n')
})
