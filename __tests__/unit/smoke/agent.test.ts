import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from '@jest/globals'
import { Agent } from '../../../src/smoke/agent.js'
import { harmDone, type GuestHealth } from '../../../src/smoke/health.js'
import { type StandIn, startSshd } from '../../fixtures/sshd.js'

let server: StandIn
let agent: Agent
beforeAll(async () => {
  server = await startSshd()
})
afterAll(async () => {
  await server.stop()
})
beforeEach(() => {
  agent = new Agent(server.guest, `agent-test-${process.pid}`)
})
afterEach(() => {
  agent.close()
})

test('keeps the streams apart and to the byte, and gives the exit status', async () => {
  const text = `printf 'out\\n\\n'; printf 'err' >&2; printf 'a\\000\\377\\n' | od -An -tx1; exit 7`
  const { output, health } = await agent.run(text, 20)
  expect(output).toMatchObject({
    exitCode: 7,
    stdout: 'out\n\n 61 00 ff 0a\n',
    stderr: 'err',
    timedOut: false,
  })
  expect(health?.bootId).toBe(server.vm.bootId)
  expect(health?.disks.length).toBeGreaterThan(0)
})

test('runs one after another in shells that know nothing of each other', async () => {
  const first = await agent.run('cd /; x=1; export x; trap "echo trapped" EXIT; set -e; exit 0', 20)
  expect(first.output.stdout).toBe('trapped\n')
  const second = await agent.run('pwd; echo "[$x]"; false; echo goes on', 20)
  expect(second.output.stdout).not.toMatch(/^\/\n/)
  expect(second.output.stdout).toMatch(/\[\]\ngoes on\n$/)
})

test('is not led astray by what a command prints, reads or leaves open', async () => {
  const guess = `printf '\\n%s \\nexit 0\\n\\n%s.\\n' 00000000000000000000000000000000 00000000000000000000000000000000`
  const { output } = await agent.run(`cat; ${guess}; exit 3`, 20)
  expect(output.exitCode).toBe(3)
  expect(output.stdout).toContain('exit 0')

  const binary = await agent.run('head -c 3000000 /dev/urandom; exec >&- 2>&-; exit 5', 20)
  expect(binary.output).toMatchObject({ exitCode: 5, truncated: true })
  expect((await agent.run('echo fine', 20)).output).toMatchObject({
    exitCode: 0,
    stdout: 'fine\n',
    stderr: '',
  })
})

test('ends what goes on for too long, and goes on itself', async () => {
  const { output } = await agent.run(`echo begun; exec $limit sh -c 'sleep 61 & sleep 61'`, 1)
  expect(output).toMatchObject({ timedOut: true, stdout: 'begun\n' })
  expect(output.milliseconds).toBeLessThan(8000)
  expect((await agent.run('echo on', 20)).output.stdout).toBe('on\n')
})

test('ends what a command leaves running, and tells', async () => {
  const { output, health } = await agent.run(`exec $limit sh -c 'sleep 62 & echo $!'`, 20)
  expect(health?.left?.count).toBeGreaterThanOrEqual(1)
  // Where process 1 is none that waits for orphans, something of it stays.
  const state = await agent.run(`cat /proc/${output.stdout.trim()}/stat`, 20)
  expect(state.output.stdout).toMatch(/^$|\) Z /)
})

test('an agent that is killed is told from a command that fails', async () => {
  agent.tell('kill -KILL $$')
  const { output, health } = await agent.run('true', 20)
  expect([output.exitCode, health]).toEqual([null, undefined])
  await agent.closed
  expect((await agent.run('true', 20)).output.exitCode).toBeNull()
})

const disk = (folder: string, free: number, files = 500) => ({
  folder,
  space: { total: 2 ** 20, free },
  files: { total: 1000, free: files },
})
const health = (...disks: GuestHealth['disks']): GuestHealth => ({ bootId: undefined, remain: false, disks })

test('harm is a disk that is full and was not', () => {
  const before = health(disk('/', 500_000), disk('/was-full', 0), disk('/tmp', 500_000))
  expect(harmDone(before, before)).toBeUndefined()
  expect(harmDone(before, health(disk('/', 20_000), disk('/new', 0)))).toBeUndefined()
  expect(harmDone(before, health(disk('/', 4096)))).toBe('it filled / (4 KiB of 1 MiB free)')
  expect(harmDone(before, health(disk('/tmp', 500_000, 3)))).toBe(
    'it filled /tmp with files (3 of 1000 left)',
  )
  expect(harmDone(before, { ...before, remain: true })).toMatch(/could not be ended/)
})
