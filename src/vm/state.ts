import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { FailureReport } from '../runtime/errors.js'
import { replaceFile } from '../runtime/replace-file.js'
import type { SshAccess } from '../ssh/config.js'
import type { PortForward } from './machine.js'

/** A restart of a guest that had been ready. */
export interface Restart {
  /** Seconds since QEMU was started. */
  readonly at: number
  /** Seconds since the restart at which each stage was first seen on the console. */
  readonly timings: Readonly<Record<string, number>>
  /** Why this start came to nothing, where the console or QEMU told. */
  readonly failure?: FailureReport
}

/** What vm.json holds. All paths are absolute. */
export interface VmState {
  readonly schema: 1
  readonly name: string
  /** QEMU's process id; null until it runs. */
  readonly pid: number | null
  readonly supervisorPid: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly image: { readonly path: string; readonly digest: string | null }
  readonly accelerator: 'kvm' | 'tcg'
  readonly qemuVersion: string
  readonly ssh: SshAccess
  /** The forwarded ports beside SSH, in the order of the input; empty until QEMU has bound them. */
  readonly forward: readonly PortForward[]
  readonly vsockCid: number | null
  readonly console: string
  readonly qmp: string
  readonly state: 'booting' | 'ready' | 'failed' | 'stopped'
  readonly failure?: FailureReport
  /** The guest's /proc/sys/kernel/random/boot_id, a UUID, once it is ready; after an upgrade that of the boot it led to. */
  readonly bootId?: string
  /** The latest restarts of the guest since it was ready. */
  readonly restarts?: readonly Restart[]
  /** Seconds since QEMU was started at which each stage was first seen. */
  readonly timings: Readonly<Record<string, number>>
}

/** Names inside a VM's state folder. */
export const files = {
  state: 'vm.json',
  owner: 'owner.json',
  console: 'console.log',
  socket: 'supervisor.sock',
  qmp: 'qmp.sock',
  sshConfig: 'ssh_config',
  identity: 'id_ed25519',
  hostKey: 'host_ed25519',
  knownHosts: 'known_hosts',
  overlay: 'overlay.qcow2',
  /** Of a fork: the disk of its original as it was saved. */
  base: 'base.qcow2',
  firmwareVars: 'firmware-vars.fd',
  configMedia: 'config-media.img',
  /** In the folder of a snapshot. */
  memory: 'memory',
  deviceState: 'device-state',
  plan: 'plan.json',
  supervisorLog: 'supervisor.log',
  repro: 'repro',
  journal: 'journal.txt',
} as const

/** How the name of a snapshot's folder in a VM's state folder begins. */
export const snapshotPrefix = 'snapshot-'

/**
 * The state of the VM in `folder`.
 * @throws {Error} ENOENT or a SyntaxError when there is no VM in it
 */
export function readVm(folder: string): VmState {
  return JSON.parse(readFileSync(path.join(folder, files.state), 'utf8')) as VmState
}

export function writeVm(folder: string, state: VmState): void {
  replaceFile(path.join(folder, files.state), `${JSON.stringify(state, null, 2)}\n`)
}
