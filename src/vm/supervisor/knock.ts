import { createConnection, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { userNetwork } from '../forwards.js'
import type { Qmp } from '../qmp.js'

/** Milliseconds between looks at what QEMU knows of the guest's network; of its card it tells 20 KB each time. */
const interval = { card: 50, connections: 25 }

/** What QEMU knows of the guest's network card. */
type Card = 'up' | 'down' | 'unknown'

/**
 * Milliseconds until a connection is followed by another: `taken` when the guest has taken it, and its sshd is slow;
 * `dropped` when the guest has hung up on what it had taken, which costs it a process; `refused` when it has an address
 * and no sshd yet; `up` when the card works and the address is to come, soon or much later, which is why it grows from
 * one connection to the next; `unknown` when QEMU does not tell of the card; `down` when it has not been brought up, as
 * no system that we know of would leave it.
 */
const patience = { taken: 5000, dropped: 500, refused: 40, up: 30, unknown: 5000, down: 30_000 }
const growth = { factor: 1.2, most: 400 }

/**
 * Connects to the port that QEMU forwards to the guest's sshd until a connection speaks SSH, and gives that one, its
 * banner still to be read.
 *
 * QEMU accepts whether or not anybody listens in the guest. A connection that comes before the guest has its address
 * is lost on it, and QEMU offers it again within a second, when it learns who has the address, or after 6, 12 and 24 s
 * (libslirp's ARP and TCP), even when we have hung up. Each costs sshd a process, just as the boot needs the processor
 * most. So none is made before the network card is up; and while one has been taken, however long sshd needs to say a
 * word, no other follows it.
 * @param onKnock called when a connection is made
 */
export async function untilBanner(
  qmp: Pick<Qmp, 'execute'>,
  port: number,
  signal: AbortSignal,
  onKnock?: () => void,
): Promise<Socket> {
  const waiting = new Set<Socket>()
  const heard = new AbortController()
  const either = AbortSignal.any([signal, heard.signal])
  let speaking: Socket | undefined
  const knock = (): void => {
    const socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
    waiting.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => waiting.delete(socket))
    socket.once('readable', () => {
      if (speaking === undefined && speaksSsh(socket)) {
        speaking = socket
        waiting.delete(socket)
        heard.abort()
      } else socket.destroy()
    })
  }
  const wait = { ...patience }
  let since = performance.now()
  let knocked = false
  let taken = false
  let card: Card = 'unknown'
  const state = (): keyof typeof patience => {
    if (!knocked) return card
    if (waiting.size === 0) return taken ? 'dropped' : 'refused'
    return taken ? 'taken' : card
  }
  const left = (): number => since + wait[state()] - performance.now()
  try {
    for (;;) {
      if (speaking !== undefined) return speaking
      signal.throwIfAborted()
      if (card !== 'up') card = await cardState(qmp)
      if (waiting.size > 0) taken = await hasTaken(qmp, port)
      if (left() <= 0) {
        // One that was not taken is lost.
        if (!taken) for (const socket of waiting) socket.destroy()
        if (card === 'up') wait.up = Math.min(growth.factor * wait.up, growth.most)
        since = performance.now()
        knocked = true
        taken = false
        knock()
        onKnock?.()
      }
      await setTimeout(Math.min(left(), interval[card === 'up' ? 'connections' : 'card']), undefined, {
        signal: either,
      }).catch(() => undefined)
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
