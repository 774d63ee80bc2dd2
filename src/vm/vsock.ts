import { randomInt } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { InputError } from '../runtime/errors.js'

export type VsockChoice = 'auto' | 'off' | number

/** CIDs 0 to 2 and the largest 32-bit number mean the hypervisor, loopback, the host and any. Source: vsock(7). */
export const firstCid = 3
export const lastCid = 2 ** 32 - 2

/** A CID that is likely to be free; only QEMU's attempt to take it tells. */
export function anyCid(): number {
  return randomInt(firstCid, lastCid + 1)
}

/**
 * The CID to begin with; null for none.
 * @throws {InputError} when a number was asked for and the host has no vhost-vsock that this user may use
 */
export function settleVsock(choice: VsockChoice, device = '/dev/vhost-vsock'): number | null {
  if (choice === 'off') return null
  const usable = canUse(device)
  if (choice === 'auto') return usable ? anyCid() : null
  if (usable) return choice
  throw new InputError(
    'vsock',
    String(choice),
    `auto or off, as this user cannot open ${device} (modprobe vhost_vsock)`,
  )
}

function canUse(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
