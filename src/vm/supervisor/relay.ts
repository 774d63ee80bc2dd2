import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** Lends an open connection to the one client that connects to the local port that `use` is given, and closes it. */
export async function lend<T>(connection: Socket, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((client) => {
    server.close()
    pipeline(client, connection, client).catch(() => undefined)
  })
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return await use((server.address() as AddressInfo).port)
  } finally {
    server.close()
    connection.destroy()
  }
}
