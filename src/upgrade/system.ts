import { UserError } from '../runtime/errors.js'
import { replacing } from '../ssh/privilege.js'
import type { Guest } from '../vm/guest.js'
import type { UpgradeInputs } from './inputs.js'

/** What runs in a guest. Raw guest text. */
export interface System {
  readonly slot: string
  /** False while the slot has yet to prove itself: a restart could still lead to the other one. */
  readonly settled: boolean
  readonly version: string
  readonly machineId: string
  readonly bootId: string
}

/** Milliseconds that a command may take which only looks. */
const glance = 60_000

/** Characters of a command's answer that count. */
const longest = 200

/** Shell text for the guest that runs `command` as root. */
export function asRoot(command: string): string {
  return replacing(['sh', '-c', command], true)
}

/** @throws {UserError} when one of the commands fails or says nothing */
export async function readSystem(
  guest: Guest,
  { slotCommand, versionCommand }: Pick<UpgradeInputs, 'slotCommand' | 'versionCommand'>,
): Promise<System> {
  return {
    ...(await readSlot(guest, slotCommand)),
    version: await answer(guest, 'version-command', versionCommand),
    machineId: await answer(guest, 'the machine-id', 'cat /etc/machine-id 2>/dev/null || echo none'),
    bootId: await readBootId(guest),
  }
}

export function readBootId(guest: Guest): Promise<string> {
  return answer(guest, 'the boot_id', 'cat /proc/sys/kernel/random/boot_id')
}

export async function readSlot(guest: Guest, slotCommand: string): Promise<Pick<System, 'slot' | 'settled'>> {
  const [slot = '', state = ''] = (await answer(guest, 'slot-command', slotCommand)).split(/\s+/)
  return { slot, settled: state !== 'trial' }
}

async function answer(guest: Guest, what: string, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await guest.run(asRoot(command), { timeout: glance })
  const text = stdout.trim().slice(0, longest)
  if (exitCode === null) throw new UserError(`The connection was lost while ${what} was asked for`)
  if (exitCode !== 0) throw new UserError(`${what} failed with status ${exitCode}: ${stderr.trim()}`)
  if (text === '') throw new UserError(`${what} printed nothing`)
  return text
}
