import { afterEach, expect, test } from '@jest/globals'
import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { Qmp, type QmpEvent } from '../../../src/vm/qmp.js'

const running: ChildProcess[] = []

afterEach(() => {
  for (const qemu of running.splice(0)) qemu.kill('SIGKILL')
})

/** A real QEMU without a machine, its QMP on an inherited socket as the supervisor has it. */
async function start(...args: string[]): Promise<{ qemu: ChildProcess; qmp: Qmp; events: QmpEvent[] }> {
  const common = [
    '-nodefaults',
    '-display',
    'none',
    '-chardev',
    'socket,id=q,fd=3',
    '-mon',
    'chardev=q,mode=control',
  ]
  const qemu = spawn('qemu-system-x86_64', [...common, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  running.push(qemu)
  const events: QmpEvent[] = []
  const qmp = await Qmp.open(qemu.stdio[3] as Duplex, (event) => events.push(event))
  return { qemu, qmp, events }
}

test('answers, refuses in QEMU’s words, and tells events', async () => {
  const { qmp, events } = await start('-machine', 'none')
  expect(await qmp.execute('query-version')).toHaveProperty('qemu')
  await expect(qmp.execute('nonsense')).rejects.toThrow(/QEMU: .*nonsense/)
  const [status, name] = await Promise.all([qmp.execute('query-status'), qmp.execute('query-name')])
  expect([status, name]).toEqual([expect.objectContaining({ running: true }), {}])
  await qmp.execute('stop')
  expect(events.map(({ event }) => event)).toContain('STOP')
})

test('a QEMU that ends rejects what waits and what comes', async () => {
  const { qemu, qmp } = await start('-machine', 'none')
  qemu.kill('SIGSTOP')
  const waiting = qmp.execute('query-status')
  qemu.kill('SIGKILL')
  await expect(waiting).rejects.toThrow('QEMU closed its QMP connection')
  await expect(qmp.execute('query-status')).rejects.toThrow('QEMU closed its QMP connection')
})
