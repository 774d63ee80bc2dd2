import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import type { Answer, Request } from '../client.js'
import { files, type VmState } from '../state.js'

/** Milliseconds a client has to hang up. */
const farewell = 1000

/** Serves supervisor.sock: the VM's state at once and at every change, and the requests of client.ts. */
export class StateServer {
  private readonly server: Server
  private readonly clients = new Set<Socket>()

  constructor(
    private readonly state: () => VmState,
    private readonly on: Readonly<Record<Request['request'], (client: Socket, request: Request) => void>>,
  ) {
    this.server = createServer((client) => {
      this.accept(client)
    })
  }

  /** Listens in the working directory, which is the VM's state folder. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(files.socket, resolve)
    })
  }

  broadcast(): void {
    const line = `${JSON.stringify(this.state())}\n`
    for (const client of this.clients) client.write(line)
  }

  /** Closes when the clients have been told the last state, or do not take it. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    for (const client of this.clients) client.end()
    await Promise.race([closed, setTimeout(farewell, undefined, { ref: false })])
    for (const client of this.clients) client.destroy()
  }

  private accept(client: Socket): void {
    this.clients.add(client)
    client.on('close', () => this.clients.delete(client))
    client.write(`${JSON.stringify(this.state())}\n`)
    const lines = createInterface({ input: client })
    // readline passes a lost connection on as an error of its own.
    for (const emitter of [client, lines]) emitter.on('error', () => undefined)
    lines.on('line', (line) => {
      const request = requestIn(line)
      if (request && Object.hasOwn(this.on, request.request)) this.on[request.request](client, request)
    })
  }
}

export function answer(client: Socket, outcome: Answer): void {
  client.write(`${JSON.stringify(outcome)}\n`)
}

function requestIn(line: string): Request | undefined {
  try {
    return JSON.parse(line) as Request
  } catch {
    return undefined
  }
}
