import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Socket } from 'node:net'
import path from 'node:path'
import { failureOf, type Request, SupervisorClient, supervisorGone } from '../../../src/vm/client.js'
import { bootOutputs, setOfOutputs } from '../../../src/vm/outputs.js'
import { readVm, type VmState, writeVm } from '../../../src/vm/state.js'
import { finishVms, stopVm } from '../../../src/vm/stop.js'
import { answer, StateServer } from '../../../src/vm/supervisor/server.js'

let folder: string
const serving = new Set<StateServer>()
const home = process.cwd()

const booting: VmState = {
  schema: 1,
  name: 'vm-x',
  pid: null,
  // A number that no process has; see proc(5), pid_max.
  supervisorPid: 2 ** 30,
  startedAt: '2026-01-01T00:00:00.000Z',
  image: { path: '/i', digest: null },
  accelerator: 'tcg',
  qemuVersion: '7.2',
  ssh: {
    host: '127.0.0.1',
    port: null,
    user: 'root',
    identityFile: '/k',
    knownHostsFile: '/h',
    configFile: '/c',
  },
  forward: [],
  vsockCid: null,
  console: '/console.log',
  qmp: '/qmp.sock',
  state: 'booting',
  timings: { firmware: 0 },
}
const ready: VmState = { ...booting, state: 'ready' }

beforeAll(() => {
  // Longer than a socket's path may be.
  const root = mkdtempSync(path.join(tmpdir(), `state-${'x'.repeat(100)}-`))
  folder = root
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

// Also after a test that failed halfway: an open server would keep this process alive.
afterEach(async () => {
  for (const server of serving) await close(server)
})

/** A supervisor's server in the folder, run in this process. */
async function serve(state: () => VmState, heard: string[] = []): Promise<StateServer> {
  const hear = (_client: Socket, { request, bootId }: Request): void => {
    heard.push(bootId === undefined ? request : `${request} ${bootId}`)
  }
  const done = (client: Socket, request: Request): void => {
    hear(client, request)
    answer(client, { id: request.id ?? '' })
  }
  const on = { stop: hear, lease: hear, fork: hear, trial: hear, booted: hear, console: done }
  const server = new StateServer(state, on)
  serving.add(server)
  process.chdir(folder)
  await server.listen().finally(() => {
    process.chdir(home)
  })
  return server
}

const close = async (server: StateServer): Promise<void> => {
  serving.delete(server)
  process.chdir(folder)
  await server.close().finally(() => {
    process.chdir(home)
  })
}

test('what is written is read, by this user alone, and nothing else is left', () => {
  writeVm(folder, booting)
  expect(readVm(folder)).toEqual(booting)
  expect(statSync(path.join(folder, 'vm.json')).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['vm.json'])
})

test('a client hears the state and its changes, even those that come with the greeting', async () => {
  let state = booting
  const server: StateServer = await serve(() => {
    // The moment it has been greeted: greeting and next state travel together.
    if (state === booting) {
      queueMicrotask(() => {
        state = ready
        server.broadcast()
      })
    }
    return state
  })
  const client = await SupervisorClient.connect(folder)
  expect(await client.until(({ state }) => state === 'ready')).toEqual(ready)
  client.close()
  await close(server)
})

test('requests reach the supervisor, nonsense does not hurt it', async () => {
  const heard: string[] = []
  const server = await serve(() => ready, heard)
  const client = await SupervisorClient.connect(folder)
  for (const request of ['constructor', '__proto__', 'lease', 'stop']) client.send(request as 'stop')
  client.send('booted', { bootId: 'x' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(heard).toEqual(['lease', 'stop', 'booted x'])
  expect(client.alive).toBe(true)
  await close(server)
  await client.gone
  expect(client.alive).toBe(false)
})

test('each request that is answered has its own answer, or learns that the supervisor has gone', async () => {
  const heard: string[] = []
  const server = await serve(() => ready, heard)
  const client = await SupervisorClient.connect(folder)
  await Promise.all([client.untilLogged(), client.untilLogged()])
  expect(heard).toEqual(['console', 'console'])
  const unanswered = client.save('folder')
  await Promise.all([expect(unanswered).rejects.toMatchObject({ class: 'qemu-exit' }), close(server)])
  await expect(client.untilLogged()).rejects.toMatchObject({ class: 'qemu-exit' })
})

test('who waits learns that the supervisor has gone', async () => {
  writeVm(folder, booting)
  const server = await serve(() => booting)
  const client = await SupervisorClient.connect(folder)
  const waiting = client.until(({ state }) => state === 'ready')
  await Promise.all([
    expect(waiting).rejects.toMatchObject({
      class: 'qemu-exit',
      message: expect.stringContaining('has gone'),
    }),
    close(server),
  ])
})

test('no supervisor, no connection', async () => {
  await expect(SupervisorClient.connect(folder)).rejects.toThrow()
})

test('stopping what has gone, or never was, does nothing', async () => {
  writeVm(folder, ready)
  expect(await stopVm(folder)).toEqual(ready)
  expect(await stopVm(path.join(folder, 'none'))).toBeUndefined()
  await finishVms([''], 'failure')
})

test.each([
  ['failure', true],
  // So is a job that ran out of its timeout-minutes.
  ['cancelled', true],
  ['success', false],
])('at the end of a job with status %s the end of the console is shown: %s', async (status, shown) => {
  const console = path.join(folder, 'console.log')
  writeFileSync(console, '[     1.000] the last words\n')
  writeVm(folder, { ...ready, console })
  let log = ''
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    log += chunk.toString()
    return true
  })
  await finishVms([folder], status).finally(() => {
    write.mockRestore()
  })
  rmSync(console)
  expect(log.includes('the last words')).toBe(shown)
  expect(log).toMatch(/until the job ends: .*console\.log\n.*actions\/upload-artifact/)
})

test('the forwarded ports are an output that fromJSON takes', () => {
  const forward = [{ host: 40123, guest: 8080 }]
  expect(JSON.parse(String(bootOutputs({ ...ready, forward }).forward))).toEqual(forward)
})

test('failures in the state', () => {
  expect(failureOf(ready)).toBeUndefined()
  expect(failureOf({ ...ready, state: 'stopped' })?.class).toBe('qemu-exit')
  const failed: VmState = {
    ...ready,
    state: 'failed',
    failure: { class: 'port', message: 'taken', evidence: [] },
  }
  expect(failureOf(failed)?.class).toBe('port')
  expect(supervisorGone(failed).class).toBe('port')
})

test('a set gives the outputs of its first VM, and those of each in one list', () => {
  const second: VmState = { ...ready, name: 'node-2', timings: { firmware: 0, ready: 2 } }
  const booting = ['/a', '/b'].map((folder) => ({
    folder,
    console: `${folder}/console.log`,
    ready: () => Promise.reject(new Error('not asked')),
  }))
  const outputs = setOfOutputs(booting, [{ ...ready, name: 'node-1' }, second])
  expect(outputs).toMatchObject(bootOutputs(ready))
  expect(JSON.parse(String(outputs.vms))).toMatchObject([
    { name: 'node-1', vm: '/a', 'ssh-config': '/c' },
    { name: 'node-2', vm: '/b', 'console-log': '/b/console.log', 'boot-timings': { ready: 2 }, forward: [] },
  ])
})
