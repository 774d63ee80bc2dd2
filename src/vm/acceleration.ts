import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Failure } from '../runtime/errors.js'
import { CommandError, run } from '../runtime/process.js'

export const accelerators = ['auto', 'kvm', 'tcg'] as const
export type AcceleratorChoice = (typeof accelerators)[number]

export interface Acceleration {
  readonly kind: 'kvm' | 'tcg'
  /** Why, for people. */
  readonly reason: string
}

/** KVM answers within tens of milliseconds where it works; where it hangs, nothing but a deadline ends it. */
const probeDeadline = 4000

/** What the probe's guest writes to the exit port; QEMU then ends with (value << 1) | 1. */
const probeValue = 0x31

/**
 * A boot sector that reports in and halts: mov al,value; out 0xf4,al; hlt; jmp to the hlt. To get there SeaBIOS has
 * run in real and in protected mode and has driven a virtio disk, which broken nested KVM does not survive.
 */
export function probeDisk(): Buffer {
  const disk = Buffer.alloc(2 ** 20)
  Buffer.from([0xb0, probeValue, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]).copy(disk)
  disk.writeUInt16LE(0xaa55, 510)
  return disk
}

export function probeCommand(disk: string): string[] {
  return [
    'qemu-system-x86_64',
    '-no-user-config',
    '-nodefaults',
    ...['-machine', 'q35'],
    ...['-accel', 'kvm'],
    ...['-cpu', 'host'],
    ...['-m', '16M'],
    ...['-display', 'none'],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
    ...['-drive', `if=virtio,format=raw,readonly=on,file=${disk.replaceAll(',', ',,')}`],
  ]
}

/**
 * Settles the accelerator. `auto` takes KVM only after a guest has run under it; `kvm` insists on it.
 * @throws {Failure} acceleration when `kvm` was asked for and does not work
 */
export async function settleAcceleration(
  choice: AcceleratorChoice,
  device = '/dev/kvm',
): Promise<Acceleration> {
  if (choice === 'tcg') return { kind: 'tcg', reason: 'asked for' }
  const problem = await kvmProblem(device)
  if (problem === undefined) return { kind: 'kvm', reason: 'a probe guest ran under KVM' }
  if (choice === 'auto') return { kind: 'tcg', reason: problem.message }
  throw new Failure({ class: 'acceleration', ...problem })
}

async function kvmProblem(device: string): Promise<{ message: string; advice: string } | undefined> {
  if (!existsSync(device)) {
    return {
      message: `this machine has no ${device}`,
      advice:
        'Switch on virtualisation in its firmware, or nested virtualisation on the host above, or take accelerator: auto.',
    }
  }
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
  } catch {
    return {
      message: `this user may not open ${device}`,
      advice: `Add the user to the group kvm, or allow everyone with a udev rule: echo 'KERNEL=="kvm", GROUP="kvm", MODE="0666"' | sudo tee /etc/udev/rules.d/99-kvm.rules && sudo udevadm control --reload && sudo udevadm trigger --name-match=kvm`,
    }
  }
  const said = await probe()
  return said === undefined
    ? undefined
    : {
        message: `${device} is there but a guest does not run under KVM (${said})`,
        advice:
          'Nested virtualisation is often present but broken; take accelerator: auto to fall back to emulation.',
      }
}

/** Undefined when the probe's guest ran, else what happened instead. */
async function probe(): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kvm-probe-'))
  try {
    const disk = path.join(folder, 'disk')
    writeFileSync(disk, probeDisk())
    await run(probeCommand(disk), { timeout: probeDeadline, killAfter: 200 })
    return 'QEMU ended before the guest reported in'
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    if (error.exitCode === ((probeValue << 1) | 1)) return undefined
    return [error.reason, error.stderr.trim().split('\n')[0]].filter(Boolean).join(': ')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
