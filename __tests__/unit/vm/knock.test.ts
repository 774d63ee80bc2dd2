import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { untilBanner } from '../../../src/vm/supervisor/knock.js'

const servers: Server[] = []
let end: AbortController
beforeEach(() => {
  end = new AbortController()
})
afterEach(() => {
  // A wait that a failed test has left would go on for ever.
  end.abort()
  for (const server of servers.splice(0)) server.close()
})

/** What stands behind the forwarded port; it counts who comes. */
async function guest(
  answer: (socket: Socket, number: number) => void,
): Promise<{ port: number; came: () => number; there: () => number }> {
  let came = 0
  let there = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    there += 1
    socket.on('close', () => (there -= 1)).resume()
    answer(socket, (came += 1))
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: (server.address() as AddressInfo).port, came: () => came, there: () => there }
}

/** QEMU's two answers; that a real one gives them is shown by every test that boots a guest to the end. */
function qemu(told: { up: boolean; taken?: boolean }, port: number) {
  return {
    execute: (command: string): Promise<unknown> =>
      Promise.resolve(
        command === 'query-rx-filter'
          ? [{ 'multicast-table': told.up ? ['01:00:5e:00:00:01'] : [] }]
          : `  TCP[${told.taken === true ? 'ESTABLISHED' : 'SYN_SENT'}]  12  127.0.0.1 ${port}  10.0.2.15  22  0  0\r\n`,
      ),
  }
}

test('nobody connects while the network is down, and somebody does as soon as it is up', async () => {
  const told = { up: false }
  const { port, came } = await guest((socket) => socket.write('SSH-2.0-guest\r\n'))
  const banner = untilBanner(qemu(told, port), port, AbortSignal.timeout(10_000))
  await setTimeout(1000)
  expect(came()).toBe(0)
  told.up = true
  const socket = await banner
  expect(came()).toBe(1)
  expect(String(socket.read())).toBe('SSH-2.0-guest\r\n')
  socket.destroy()
})

test('a card of which QEMU does not tell is tried now and then', async () => {
  const { port } = await guest((socket) => socket.write('SSH-2.0-guest\r\n'))
  const silent = {
    execute: (command: string): Promise<unknown> =>
      command === 'query-rx-filter' ? Promise.reject(new Error('no card has a filter')) : Promise.resolve(''),
  }
  const socket = await untilBanner(silent, port, AbortSignal.timeout(10_000))
  socket.destroy()
})

test('of connections that the guest has not taken there is never more than one', async () => {
  const { port, came, there } = await guest(() => undefined)
  const banner = untilBanner(qemu({ up: true }, port), port, end.signal)
  await setTimeout(1500)
  expect(came()).toBeGreaterThan(3)
  expect(there()).toBe(1)
  end.abort()
  await expect(banner).rejects.toThrow('abort')
})

test('no connection follows one that the guest has taken, however slow its sshd is', async () => {
  const { port, came } = await guest((socket) => {
    void setTimeout(1500).then(() => socket.write('SSH-2.0-guest\r\n'))
  })
  const socket = await untilBanner(qemu({ up: true, taken: true }, port), port, AbortSignal.timeout(10_000))
  expect(came()).toBe(1)
  socket.destroy()
})

test('who speaks something else, or hangs up, is asked again', async () => {
  const { port, came } = await guest((socket, number) => {
    if (number === 1) socket.end()
    else socket.write(number === 2 ? 'HTTP/1.1 400 Bad Request\r\n' : 'SSH-2.0-guest\r\n')
  })
  const socket = await untilBanner(qemu({ up: true }, port), port, AbortSignal.timeout(10_000))
  expect(came()).toBe(3)
  socket.destroy()
})

test('who takes each connection and hangs up is not asked all the time, for each costs him a process', async () => {
  const { port, came } = await guest((socket) => {
    void setTimeout(100).then(() => socket.end())
  })
  const banner = untilBanner(qemu({ up: true, taken: true }, port), port, end.signal)
  await setTimeout(1800)
  expect(came()).toBeGreaterThan(1)
  expect(came()).toBeLessThan(6)
  end.abort()
  await expect(banner).rejects.toThrow('abort')
})

test('the wait ends with its signal', async () => {
  const { port } = await guest(() => undefined)
  await expect(untilBanner(qemu({ up: true }, port), port, AbortSignal.timeout(300))).rejects.toThrow('abort')
})
