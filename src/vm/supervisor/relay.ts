import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'

/**
 * Lends a connection, once there is one, to the one client that connects to the local port that `use` is given, and
 * closes it. Nothing small waits here for more: each such wait was 40 ms (Nagle's algorithm).
 */
export async function lend<T>(connection: Promise<Socket>, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer({ noDelay: true }, (client) => {
    server.close()
    client.on('error', () => undefined)
    connection.then((lent) => pipeline(client, lent, client)).catch(() => client.destroy())
  })
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return await use((server.address() as AddressInfo).port)
  } finally {
    server.close()
    connection.then((lent) => lent.destroy()).catch(() => undefined)
  }
}
