import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { keepRepro, reproNote, rerunCommand } from '../../../src/vm/repro.js'
import { bootOptions } from '../../fixtures/boot-options.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'repro-'))
  const machine = { smbiosFiles: ['credential-0'], forward: [], extraArgs: [], firmware: { kind: 'bios' } }
  const plan = { rerun: ['npm', 'run', 'vm', '--', '/a b.img'], machine: { ...machine, configMedia: null } }
  const vm = {
    image: { path: '/a b.img', digest: 'sha256:0' },
    failure: { class: 'kernel-panic', message: 'it panicked', evidence: ['a line'] },
    timings: { firmware: 0 },
  }
  for (const [name, value] of Object.entries({ plan, vm })) {
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(value))
  }
  writeFileSync(path.join(folder, 'console.log'), 'the end')
  writeFileSync(path.join(folder, 'overlay.qcow2'), 'a small one')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

const kept = (name: string): string => path.join(folder, 'repro', name)

test('keeps what it takes to see a death again, and says how', () => {
  expect(reproNote(folder)).toBeUndefined()
  keepRepro(folder)
  const told = JSON.parse(readFileSync(kept('repro.json'), 'utf8')) as Record<string, unknown>
  expect(told).toMatchObject({
    image: { path: '/a b.img', digest: 'sha256:0' },
    rerun: "npm run vm -- '/a b.img'",
    qemu: { command: expect.stringMatching(/^qemu-system-x86_64 -no-user-config .*path=credential-0/) },
    failure: { class: 'kernel-panic' },
  })
  expect(readFileSync(kept('console.log'), 'utf8')).toBe('the end')
  expect(readFileSync(kept('overlay.qcow2'), 'utf8')).toBe('a small one')
  expect(reproNote(folder)).toBe(
    `What it takes to see this again is in ${folder}/repro. From a checkout of guestos-actions: npm run vm -- '/a b.img'`,
  )
})

test('a disk that differs by much is not kept', () => {
  truncateSync(path.join(folder, 'overlay.qcow2'), 2 ** 25 + 1)
  keepRepro(folder)
  expect(existsSync(kept('overlay.qcow2'))).toBe(false)
  expect(JSON.parse(readFileSync(kept('repro.json'), 'utf8'))).toMatchObject({ disk: null })
})

test('the command gives the machine, and no secret', () => {
  const command = rerunCommand(
    bootOptions({
      image: '/i.img',
      stateRoot: '/s',
      credentials: { password: 'secret' },
      forward: [{ host: 0, guest: 80 }],
      extraArgs: ['-device', 'x'],
      diskSize: 2 ** 33,
    }),
  )
  expect(command.slice(0, 5)).toEqual(['npm', 'run', 'vm', '--', '/i.img'])
  expect(command.join(' ')).not.toMatch(/secret|undefined/)
  const text = { type: 'string' } as const
  const names = ['memory', 'cpus', 'accelerator', 'firmware', 'network', 'disk-size', 'forward', 'extra-args']
  const options = Object.fromEntries(names.map((name) => [name, text]))
  expect(parseArgs({ args: command.slice(5), options }).values).toEqual({
    memory: '67108864',
    cpus: '1',
    accelerator: 'tcg',
    firmware: 'bios',
    network: 'restricted',
    'disk-size': '8589934592',
    forward: '0:80',
    'extra-args': '-device\nx',
  })
})
