import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'

export interface QmpEvent {
  readonly event: string
  readonly data?: Readonly<Record<string, unknown>>
}

interface Reply {
  readonly id?: number
  readonly return?: unknown
  readonly error?: { readonly desc: string }
}

const hungUp = 'QEMU closed its QMP connection'

/** A QEMU Machine Protocol connection. Source: QEMU docs/interop/qmp-spec.txt. */
export class Qmp {
  private next = 1
  private closed = false
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()

  private constructor(
    private readonly stream: Duplex,
    onEvent: (event: QmpEvent) => void,
  ) {
    const lines = createInterface({ input: stream })
    lines.on('line', (line) => {
      const message = JSON.parse(line) as Reply & Partial<QmpEvent>
      if (message.event !== undefined) onEvent(message as QmpEvent)
      else if (message.id !== undefined) this.settle(message.id, message)
    })
    const gone = (): void => {
      this.closed = true
      for (const { reject } of this.waiting.values()) reject(new Error(hungUp))
      this.waiting.clear()
    }
    lines.on('close', gone)
    // readline passes a lost connection on as an error of its own.
    for (const emitter of [stream, lines]) emitter.on('error', gone)
  }

  /** Takes QEMU out of its negotiation mode; QEMU greets by itself. */
  static async open(stream: Duplex, onEvent: (event: QmpEvent) => void): Promise<Qmp> {
    const qmp = new Qmp(stream, onEvent)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  /** @throws {Error} with QEMU's own words when it refuses, or when QEMU ends */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.closed) return Promise.reject(new Error(hungUp))
    const id = this.next++
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.stream.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\n`)
    })
  }

  private settle(id: number, reply: Reply): void {
    const waiter = this.waiting.get(id)
    this.waiting.delete(id)
    if (reply.error) waiter?.reject(new Error(`QEMU: ${reply.error.desc}`))
    else waiter?.resolve(reply.return)
  }
}
