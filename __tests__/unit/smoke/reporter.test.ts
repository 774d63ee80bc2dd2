import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readTrailer } from '../../../src/smoke/health.js'
import { agentCommand } from '../../../src/smoke/reporter.js'

/** With the programs that every guest has, and no perl. */
let poor: string
beforeAll(() => {
  poor = mkdtempSync(path.join(tmpdir(), 'reporter-'))
  for (const program of ['sh', 'stat']) symlinkSync(`/usr/bin/${program}`, path.join(poor, program))
})
afterAll(() => {
  rmSync(poor, { recursive: true })
})

function report(script: string, PATH = process.env.PATH): string {
  const options = { input: script, env: { PATH }, encoding: 'utf8' } as const
  return execFileSync('/bin/sh', ['-c', agentCommand()], options)
}

test('the reporter says the same with perl and without it, after what the shell has said', () => {
  for (const PATH of [process.env.PATH, poor]) {
    const said = report('echo first; echo "m1 /no/such/folder /proc/self /" >&4; echo m2 >&4', PATH)
    expect(said).toMatch(/^first\ndisk \/proc\/self .*\ndisk \/ .*\n\nm1\.\n\nm2\.\n$/)
    const { bsize, blocks, files } = statfsSync('/')
    const root = readTrailer(said).disks.find(({ folder }) => folder === '/')
    expect(root).toMatchObject({ space: { total: bsize * blocks }, files: { total: files } })
    expect(root?.space.free).toBeGreaterThan(0)
  }
})

test('another reporter goes on where one has been killed', () => {
  const said = report(
    'echo "m1 /" >&4; sleep 0.5; kill -KILL $(pgrep -P $(pgrep -P $PPID | grep -vx $$)); sleep 0.2; echo "m2 /" >&4',
  )
  expect(said).toMatch(/^disk .*\n\nm1\.\ndisk .*\n\nm2\.\n$/)
})

test('the shell ends when there is nothing more to read, and its reporter with it', () => {
  expect(report('exit 3')).toBe('')
})

test('the command is one line without a character that a login shell other than sh would take for its own', () => {
  expect(agentCommand()).not.toMatch(/[\n!]|\\\\/)
})
