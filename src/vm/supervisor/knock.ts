import { createConnection, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { userNetwork } from '../forwards.js'
import type { Qmp } from '../qmp.js'

/** Milliseconds between looks at what QEMU knows of the guest's network. */
const interval = 50

/** What QEMU knows of the guest's network card. */
type Card = 'up' | 'down' | 'unknown'

/**
 * Milliseconds until a connection is followed by another, by what QEMU knows: `up` when the guest's card works and it
 * should have taken it by now; `taken` when it has, and its sshd is slow; `unknown` when QEMU does not tell of the card;
 * `down` when it has not been brought up, as no system that we know of would leave it.
 */
const patience = { up: 200, taken: 5000, unknown: 5000, down: 30_000 } as const satisfies Readonly<
  Record<Card | 'taken', number>
>

/**
 * Connects to the port that QEMU forwards to the guest's sshd until a connection speaks SSH, and gives that one, its
 * banner still to be read.
 *
 * QEMU accepts whether or not anybody listens in the guest. A connection that comes before the guest has its address
 * is lost on it, and QEMU offers it again within a second, when it learns who has the address, or after 6, 12 and 24 s
 * (libslirp's ARP and TCP), even when we have hung up. Each costs sshd a process, just as the boot needs the processor
 * most. So none is made before the network card is up; and while one has been taken, however long sshd needs to say a
 * word, no other follows it.
 */
export async function untilBanner(
  qmp: Pick<Qmp, 'execute'>,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const waiting = new Set<Socket>()
  const speaking: Socket[] = []
  const knock = (): void => {
    const socket = createConnection({ host: '127.0.0.1', port })
    waiting.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => waiting.delete(socket))
    socket.once('readable', () => {
      if (speaksSsh(socket)) speaking.push(socket)
      else socket.destroy()
    })
  }
  let knocked = performance.now()
  let card: Card = 'unknown'
  try {
    for (;;) {
      signal.throwIfAborted()
      const heard = speaking.find((socket) => waiting.delete(socket))
      if (heard) return heard
      if (card !== 'up') card = await cardState(qmp)
      const taken = waiting.size > 0 && (await hasTaken(qmp, port))
      if (performance.now() - knocked >= patience[taken ? 'taken' : card]) {
        knocked = performance.now()
        // One that was not taken is lost.
        if (!taken) for (const socket of waiting) socket.destroy()
        knock()
      }
      await setTimeout(interval, undefined, { signal })
    }
  } finally {
    for (const socket of waiting) socket.destroy()
  }
}

/** Whether the first that comes is SSH's (RFC 4253, section 4.2); it stays to be read. */
function speaksSsh(socket: Socket): boolean {
  const start = socket.read() as Buffer | null
  if (start !== null) socket.unshift(start)
  return start?.toString('latin1').startsWith('SSH-') === true
}

/**
 * Whether the guest has brought up its network card: Linux then listens to the group of all hosts.
 * Source: QEMU qapi/net.json, query-rx-filter, which virtio's card answers.
 */
async function cardState(qmp: Pick<Qmp, 'execute'>): Promise<Card> {
  const cards = (await qmp.execute('query-rx-filter').catch(() => [])) as readonly {
    readonly 'multicast-table': readonly string[]
  }[]
  if (cards.length === 0) return 'unknown'
  return cards.some((card) => card['multicast-table'].length > 0) ? 'up' : 'down'
}

/** Whether the guest has taken a connection to the forwarded port. */
async function hasTaken(qmp: Pick<Qmp, 'execute'>, port: number): Promise<boolean> {
  return new RegExp(`^\\s*TCP\\[ESTABLISHED\\]\\s+\\d+\\s+\\S+\\s+${port}\\s`, 'm').test(
    await userNetwork(qmp),
  )
}
