import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type GuestResult, Session } from '../../../src/ssh/session.js'
import { type StandIn, startSshd } from '../../fixtures/sshd.js'

let server: StandIn
let session: Session

beforeAll(async () => {
  server = await startSshd()
  session = await Session.open(server.vm.ssh.configFile)
})

afterAll(async () => {
  await session.close()
  await server.stop()
})

test('gives exit status and both streams', async () => {
  const result = await session.run('echo out; echo err >&2; exit 3')
  expect(result).toMatchObject({
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
    timedOut: false,
    truncated: false,
  })
})

test('runs a script of many lines whole, in one shell', async () => {
  const script = `name='it is "quoted"'\ncd /\nif true; then\n  printf '%s|%s\\n' "$name" "$PWD"\nfi\n`
  expect((await session.run(script)).stdout).toBe('it is "quoted"|/\n')
})

test('asks for input when the command begins to print', async () => {
  let asked = 0
  const input = (): string => `${++asked}`
  expect((await session.run('sleep 0.1; echo ready; cat', { input })).stdout).toBe('ready\n1')
})

test('hands over input, and shrugs at a command that reads none of it', async () => {
  const input = Buffer.from([...Array(300_000).keys()].map((byte) => byte % 256))
  expect((await session.run('sha256sum | cut -c1-8; wc -c < /dev/null', { input })).stdout).toMatch(
    /^[0-9a-f]{8}\n0\n$/,
  )
  expect((await session.run('wc -c', { input })).stdout.trim()).toBe('300000')
  expect((await session.run('true', { input: 'x'.repeat(5_000_000) })).exitCode).toBe(0)
})

test('keeps the first and the last of large output', async () => {
  const result = await session.run('echo first; head -c 20000000 /dev/zero | tr "\\0" x; echo; echo last', {
    limit: 2000,
  })
  expect(result.truncated).toBe(true)
  expect(result.stdout.length).toBeLessThan(2100)
  expect(result.stdout).toMatch(/^first\nx+\n\[\d+ bytes left out\]\nx+\nlast\n$/)
  expect(result.stdout).toContain(`[${6 + 20_000_000 + 6 - 2000} bytes left out]`)
})

test('gives output piece by piece as it comes', async () => {
  const pieces: string[] = []
  await session.run('echo one; sleep 0.2; echo two >&2', {
    onOutput: (chunk, stream) => pieces.push(`${stream}: ${chunk.toString().trim()}`),
  })
  expect(pieces).toEqual(['stdout: one', 'stderr: two'])
})

test('cuts a command that takes too long, and the connection lives on', async () => {
  const result = await session.run('echo begun; sleep 10', { timeout: 1500 })
  expect(result).toMatchObject({ exitCode: null, timedOut: true, stdout: 'begun\n' })
  expect(result.milliseconds).toBeLessThan(9000)
  expect((await session.run('exit 0')).exitCode).toBe(0)
})

test('a signal cuts a command, before its start too', async () => {
  const controller = new AbortController()
  setTimeout(() => {
    controller.abort()
  }, 200)
  expect(await session.run('sleep 10', { signal: controller.signal })).toMatchObject({
    exitCode: null,
    timedOut: false,
  })
  expect(await session.run('true', { signal: controller.signal })).toMatchObject({ exitCode: null })
})

test('takes exit status 255 for what it is', async () => {
  expect(await session.run('echo no >&2; exit 255')).toMatchObject({ exitCode: 255, stderr: 'no\n' })
})

test('runs commands side by side over one connection', async () => {
  const results = await Promise.all([1, 2, 3, 4, 5].map((n) => session.run(`sleep 0.2; echo ${n}`)))
  expect(results.map(({ stdout }) => stdout.trim())).toEqual(['1', '2', '3', '4', '5'])
})

test('tells a lost connection from an exit status', async () => {
  const lost = await startSshd()
  try {
    const other = await Session.open(lost.vm.ssh.configFile)
    let running: Promise<GuestResult> | undefined
    await new Promise<void>((begun) => {
      running = other.run('echo begun; sleep 10', {
        onOutput: () => {
          begun()
        },
      })
    })
    lost.disconnect()
    expect(await running).toMatchObject({ exitCode: null, timedOut: false })
    expect(other.connected).toBe(false)
    await other.close()
  } finally {
    await lost.stop()
  }
})

test('says why it cannot connect', async () => {
  const gone = await startSshd()
  await gone.die()
  await expect(Session.open(gone.vm.ssh.configFile)).rejects.toThrow(
    /ssh could not connect to the guest: .*refused/,
  )
  await gone.stop()
})

test('opening is cancelled by a signal, with its reason', async () => {
  const reason = new Error('the VM died')
  await expect(Session.open(server.vm.ssh.configFile, AbortSignal.abort(reason))).rejects.toBe(reason)
})
