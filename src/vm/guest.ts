import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { InputError } from '../runtime/errors.js'
import {
  type GuestCommandOptions,
  type GuestResult,
  type Remote,
  Session,
  type SshProcess,
} from '../ssh/session.js'
import { failureOf, SupervisorClient, supervisorGone } from './client.js'
import { files, readVm, type VmState } from './state.js'

/** Milliseconds in which the supervisor tells whether a lost connection was the VM's death. */
export const verdictWithin = 2000

/** Milliseconds after which a supervisor will not answer: it may be of an older release, and not know the question. */
const loggedWithin = 5000

/** A VM whose supervisor is listened to. */
export interface WatchedVm {
  readonly client: SupervisorClient
  /** Aborted, with the Failure as its reason, at the moment the VM dies. */
  readonly died: AbortSignal
  /** Rejects with that Failure. */
  readonly dead: Promise<never>
}

/** A booted guest to work in. */
export interface Guest extends Remote {
  readonly vm: VmState
  /** Aborted, with the Failure as its reason, at the moment the VM dies. */
  readonly died: AbortSignal
  /** Runs shell text in the guest to its end. Raw guest text comes back. */
  run(command: string, options?: GuestCommandOptions): Promise<GuestResult>
  /** Connects to a TCP port of the guest's own loopback; the process ends where nobody listens. */
  connect(port: number): SshProcess
  /** Resolves when all that the guest has printed by now is in the console log, or the VM is dead. */
  untilLogged(): Promise<void>
}

/**
 * Runs `work` with one connection to the guest of the VM in `folder`.
 * @throws {InputError} when there is no VM in the folder
 * @throws {Failure} at once, with the VM's own failure, when it is dead or dies meanwhile
 */
export function withGuest<T>(folder: string, work: (guest: Guest) => Promise<T>): Promise<T> {
  return withVm(folder, (vm) => inGuest(vm, work))
}

/** Like withGuest, for work that connects to the guest by itself, and more than once; it has to end when the VM dies. */
export async function withVm<T>(folder: string, work: (vm: WatchedVm) => Promise<T>): Promise<T> {
  checkVm(folder)
  const client = await SupervisorClient.connect(folder).catch(() => {
    throw supervisorGone(readVm(folder))
  })
  const death = new AbortController()
  const look = (state: VmState): void => {
    const failure = failureOf(state) ?? (client.alive ? undefined : supervisorGone(state))
    if (failure && !death.signal.aborted) death.abort(failure)
  }
  const dead = new Promise<never>((_, reject) => {
    death.signal.addEventListener('abort', () => {
      reject(death.signal.reason as Error)
    })
  })
  dead.catch(() => undefined)
  try {
    client.onChange(look)
    look(client.state)
    return await work({ client, died: death.signal, dead })
  } finally {
    client.close()
  }
}

/**
 * Runs `work` with one connection to the guest of a watched VM. It is lost at once when the guest restarts: ssh itself
 * would wait a minute for an answer of what is no longer there.
 */
export async function inGuest<T>(vm: WatchedVm, work: (guest: Guest) => Promise<T>): Promise<T> {
  const { client, died, dead } = vm
  const before = lastRestart(client.state)
  const session = await Promise.race([dead, Session.open(client.state.ssh.configFile, died)])
  const restarted = client.until((state) => lastRestart(state) > before)
  restarted.then(
    () => session.close(),
    () => undefined,
  )
  try {
    const guest: Guest = {
      vm: client.state,
      died,
      run: (command, options = {}) =>
        session.run(command, {
          ...options,
          signal: options.signal ? AbortSignal.any([options.signal, died]) : died,
        }),
      start: (command) => session.start(command),
      connect: (port) => session.connect(port),
      untilLogged: () =>
        Promise.race([client.untilLogged(), setTimeout(loggedWithin, undefined, { ref: false })]).catch(
          () => undefined,
        ),
    }
    return await Promise.race([dead, work(guest)])
  } catch (error) {
    // A dying guest drops its connection a moment before the supervisor knows; its failure says more than ours.
    if (!session.connected) await Promise.race([dead, setTimeout(verdictWithin, undefined, { ref: false })])
    throw error
  } finally {
    await session.close()
  }
}

/** Seconds since the start of QEMU. */
function lastRestart({ restarts }: VmState): number {
  return restarts?.at(-1)?.at ?? 0
}

/** @throws {InputError} when there is no VM in the folder */
export function checkVm(folder: string): void {
  try {
    readVm(folder)
  } catch {
    throw new InputError(
      'vm',
      folder,
      `the vm output of the boot action: a folder that holds ${path.basename(files.state)}`,
    )
  }
}
