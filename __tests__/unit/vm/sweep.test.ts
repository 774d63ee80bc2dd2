import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { identityOf, type ProcessIdentity, processSpace } from '../../../src/runtime/process-identity.js'
import { type Owner, ownerOf, ownFolder, takeOver } from '../../../src/vm/owner.js'
import { sweep } from '../../../src/vm/sweep.js'
import { alive, within } from '../../fixtures/processes.js'

let root: string
const running: ChildProcess[] = []

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sweep-'))
})

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  rmSync(root, { recursive: true })
})

/** A process that stands for a job or a supervisor. */
async function someone(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60'])
  running.push(child)
  await once(child, 'spawn')
  const identity = identityOf(child.pid ?? 0)
  if (!identity) throw new Error('it has ended')
  return identity
}

async function nobody(): Promise<ProcessIdentity> {
  const identity = await someone()
  const child = running.pop()
  const ended = child && once(child, 'exit')
  child?.kill('SIGKILL')
  await ended
  return identity
}

function vm(name: string, owner: Owner): string {
  const folder = path.join(root, name)
  mkdirSync(folder)
  for (const file of ['overlay.qcow2', 'id_ed25519', 'credential-0', 'console.log', 'vm.json']) {
    writeFileSync(path.join(folder, file), '')
  }
  writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(owner))
  return folder
}

const space = processSpace()

test('a VM with a keeper, of a job that runs, is left alone', async () => {
  const folder = vm('live', { space, job: await someone(), keeper: await someone() })
  sweep(root)
  expect(readdirSync(folder)).toHaveLength(6)
})

test('a VM of a job that has gone is ended and removed, its keeper with it', async () => {
  const keeper = await someone()
  vm('orphan', { space, job: await nobody(), keeper })
  vm('leftover', { space, job: await nobody(), keeper: await nobody() })
  sweep(root)
  expect(readdirSync(root)).toEqual([])
  expect(await within(2000, () => !alive(keeper.pid))).toBe(true)
})

test('a keeper is known by more than its number', async () => {
  const other = await someone()
  vm('reused', { space, job: await nobody(), keeper: { ...other, started: other.started - 1 } })
  sweep(root)
  expect(readdirSync(root)).toEqual([])
  expect(alive(other.pid)).toBe(true)
})

test.each(['a job that runs', 'a job that cannot be seen'])(
  'a VM that died in %s keeps what tells of it',
  async (what) => {
    const job = what === 'a job that runs' ? await someone() : null
    const folder = vm('dead', { space, job, keeper: await nobody() })
    sweep(root)
    expect(readdirSync(folder).sort()).toEqual(['console.log', 'owner.json', 'vm.json'])
  },
)

test('what belongs to another host or container, or is no VM, is left alone', async () => {
  const folder = vm('elsewhere', { space: 'another', job: await nobody(), keeper: await nobody() })
  mkdirSync(path.join(root, 'vm-of-somebody'))
  writeFileSync(path.join(root, 'owner.json'), '{}')
  writeFileSync(path.join(root, 'vm-of-somebody/owner.json'), 'nonsense')
  sweep(root)
  expect(readdirSync(folder)).toHaveLength(6)
  expect(readdirSync(root).sort()).toEqual(['elsewhere', 'owner.json', 'vm-of-somebody'])
})

test('boot owns a VM for the job it is a step of, and the supervisor takes over', () => {
  const folder = ownFolder(path.join(root, 'vm-'))
  const self = identityOf(process.pid)
  expect(ownerOf(folder)).toEqual({ space, job: identityOf(process.ppid), keeper: self })
  writeFileSync(
    path.join(folder, 'owner.json'),
    JSON.stringify({ space, job: null, keeper: { pid: 1, started: 0 } }),
  )
  takeOver(folder)
  expect(ownerOf(folder)).toEqual({ space, job: null, keeper: self })
})

test('a folder whose maker was killed before it could say whose it is goes, however far it had come', async () => {
  const [dead, live] = [await nobody(), await someone()]
  const name = (maker: ProcessIdentity, where = space): string =>
    `vm-new-${maker.pid}-${maker.started}-${where}-abcdef`
  mkdirSync(path.join(root, name(dead)))
  mkdirSync(path.join(root, `${name({ ...dead, started: 1 })}.leaving`))
  vm(name({ ...live, started: 1 }), { space, job: live, keeper: live })
  const kept = [name(live), name(dead, '0123456789abcdef')]
  for (const one of kept) mkdirSync(path.join(root, one))
  sweep(root)
  expect(readdirSync(root).sort()).toEqual(kept.sort())
})

test('a state folder is called by its prefix alone when it is made', () => {
  const folder = ownFolder(path.join(root, 'vm-'))
  expect(path.basename(folder)).toMatch(/^vm-[A-Za-z0-9]{6}$/)
  expect(readdirSync(folder)).toEqual(['owner.json'])
})
