import type { GuestResult } from '../ssh/session.js'
import { failureIn } from '../vm/failures.js'
import { excerpt } from './result.js'

/** Seconds that the clocks of guest and host may be apart. */
const clockTolerance = 5

/** A line of the kernel log by which a boot would have failed on the console; some of these signs a guest survives. */
export function wrongKernelLog({ stdout }: GuestResult): string | undefined {
  for (const line of stdout.split('\n')) {
    const sign = failureIn(line, true)
    if (sign !== undefined) return `${sign.message}: ${excerpt(line.trim(), 200)}`
  }
  return undefined
}

/** For `date +%s`, read while it has only just been printed. */
export function wrongClock({ stdout, milliseconds }: GuestResult): string | undefined {
  const now = Date.now() / 1000
  const guest = Number(stdout)
  const off = guest > now ? guest - now : Math.max(now - milliseconds / 1000 - 1 - guest, 0)
  if (off <= clockTolerance) return undefined
  return `its clock is ${off.toFixed(0)} s ${guest > now ? 'ahead of' : 'behind'} the host's`
}

/** For names, one a line, in any order. */
export function wrongNames(declared: readonly string[]): (result: GuestResult) => string | undefined {
  return ({ stdout }) => difference(declared, stdout.split('\n').filter(Boolean))
}

/**
 * For /proc/net/tcp and /proc/net/tcp6. What listens on a loopback address only the guest itself can reach.
 * Source: Linux Documentation/networking/proc_net_tcp.rst
 */
export function wrongPorts(declared: readonly number[]): (result: GuestResult) => string | undefined {
  return ({ stdout }) => {
    const listening = stdout.split('\n').flatMap((line) => {
      const [, address, port, state] =
        /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? []
      const open = state === '0A' && address !== undefined && !loopback.test(address)
      return open ? [String(parseInt(port ?? '', 16))] : []
    })
    return difference(declared.map(String), [...new Set(listening)])
  }
}

/** 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104 as the kernel writes them, each 32 bits with the last byte first. */
const loopback = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/

function difference(declared: readonly string[], found: readonly string[]): string | undefined {
  const missing = declared.filter((name) => !found.includes(name))
  const more = found.filter((name) => !declared.includes(name))
  const parts = [
    ...(missing.length > 0 ? [`not there: ${missing.join(', ')}`] : []),
    ...(more.length > 0 ? [`not declared: ${excerpt(more.join(', '), 200)}`] : []),
  ]
  return parts.length > 0 ? parts.join('; ') : undefined
}
