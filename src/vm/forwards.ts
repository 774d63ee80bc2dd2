import type { Machine, PortForward } from './machine.js'
import type { Qmp } from './qmp.js'

/** The host ports at which a VM can be reached, all of them bound. */
export interface BoundPorts {
  readonly ssh: number
  /** In the order of `Machine.forward`. */
  readonly forward: readonly PortForward[]
}

type Asked = Pick<Machine, 'sshPort' | 'forward'>

/**
 * QEMU's table of the user network: protocol and state, descriptor, source address and port, destination address and
 * port, queues. The human monitor is the only place where it tells.
 */
export async function userNetwork(qmp: Pick<Qmp, 'execute'>): Promise<string> {
  return String(await qmp.execute('human-monitor-command', { 'command-line': 'info usernet' }))
}

/** Asks QEMU which ports it picked where it was free to. */
export async function boundPorts(qmp: Qmp, asked: Asked): Promise<BoundPorts> {
  return portsIn(await userNetwork(qmp), asked)
}

/**
 * Reads `info usernet`.
 * @throws {Error} when a port that was asked for is not in it
 */
export function portsIn(table: string, { sshPort, forward }: Asked): BoundPorts {
  const fixed = new Set([sshPort, ...forward.map(({ host }) => host)])
  const rows = table.matchAll(/^\s*TCP\[HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+\S+\s+(\d+)\s/gm)
  const picked = Array.from(rows, ([, host, guest]) => ({ host: Number(host), guest: Number(guest) })).filter(
    ({ host }) => !fixed.has(host),
  )
  const bound = ({ host, guest }: PortForward): PortForward => {
    if (host !== 0) return { host, guest }
    const index = picked.findIndex((port) => port.guest === guest)
    const [found] = index < 0 ? [] : picked.splice(index, 1)
    if (found === undefined) throw new Error(`QEMU forwards no port to ${guest}:\n${table}`)
    return found
  }
  return { ssh: bound({ host: sshPort, guest: 22 }).host, forward: forward.map(bound) }
}
