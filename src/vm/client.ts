import { EventEmitter } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { Failure, UserError } from '../runtime/errors.js'
import { files, readVm, type VmState } from './state.js'

/**
 * What a client may ask. `lease`: the VM ends with this connection until it is ready (see launch.ts). `fork`: save the
 * VM, for forks, in the folder `into`; an Answer comes when that is done. `trial`: as long as this connection lasts,
 * starts of the guest may fail without the VM being given up (see upgrade/). `booted`: the boot with the id `bootId` is
 * the one that later steps are to find. `console`: an Answer comes when all that the guest has printed is in the log.
 */
export interface Request {
  readonly request: 'stop' | 'lease' | 'fork' | 'trial' | 'booted' | 'console'
  /** Of a request that has an Answer. */
  readonly id?: string
  readonly into?: string
  readonly bootId?: string
}

/** What comes of the request with this id. Without an error it has been done. */
export interface Answer {
  readonly id: string
  readonly error?: string
}

/** Milliseconds in which a supervisor that lives tells the VM's state; one that was stopped never does. */
const greetingWithin = 2000

/**
 * A connection to the supervisor of one VM. The supervisor sends the VM's state when a client connects and at every
 * change, one JSON object a line.
 */
export class SupervisorClient {
  private readonly changed = new Set<(state: VmState) => void>()
  private readonly answers = new EventEmitter()
  private asked = 0
  private closed = false
  private leave: () => void = () => undefined
  /** Resolves when the supervisor has gone, and the VM with it. */
  readonly gone = new Promise<void>((resolve) => (this.leave = resolve))

  private constructor(
    private readonly socket: Socket,
    private current: VmState,
  ) {}

  /** @throws {Error} when no supervisor answers in `folder` */
  static async connect(folder: string): Promise<SupervisorClient> {
    const socket = await connectIn(folder)
    return new Promise((resolve, reject) => {
      let client: SupervisorClient | undefined
      // One listener from the first line on: a second line may come in the same piece.
      const lines = createInterface({ input: socket }).on('line', (line) => {
        const message = JSON.parse(line) as VmState | Answer
        if ('id' in message) client?.answers.emit(message.id, message)
        else if (client) client.update(message)
        else resolve((client = new SupervisorClient(socket, message)))
      })
      // readline passes a lost connection on as an error of its own.
      for (const emitter of [socket, lines]) emitter.on('error', () => undefined)
      socket.once('close', () => {
        client?.end(readVmOr(folder, client.current))
        reject(new Error('the supervisor closed the connection'))
      })
      socket.setTimeout(greetingWithin, () => {
        if (!client) socket.destroy()
      })
    })
  }

  get state(): VmState {
    return this.current
  }

  /** False once the supervisor has gone. */
  get alive(): boolean {
    return !this.closed
  }

  send(request: Request['request'], detail: Omit<Request, 'request'> = {}): void {
    this.socket.write(`${JSON.stringify({ request, ...detail } satisfies Request)}\n`)
  }

  /**
   * Has the VM saved in the folder `into`.
   * @throws {UserError} with the supervisor's words when it cannot be
   * @throws {Failure} when the VM dies meanwhile
   */
  async save(into: string): Promise<void> {
    const { error } = await this.ask('fork', { into })
    if (error !== undefined) throw new UserError(error)
  }

  /**
   * Resolves when all that the guest has printed by now is in the console log.
   * @throws {Failure} when the VM dies meanwhile
   */
  async untilLogged(): Promise<void> {
    await this.ask('console')
  }

  /**
   * Resolves when the guest is ready.
   * @throws {Failure} as soon as it is known to be lost
   */
  async ready(): Promise<VmState> {
    const state = await this.until(({ state }) => state !== 'booting')
    const failure = failureOf(state)
    if (failure) throw failure
    return state
  }

  onChange(listener: (state: VmState) => void): void {
    this.changed.add(listener)
  }

  /** Resolves with the state once `reached` holds for it; rejects when the supervisor goes before. */
  until(reached: (state: VmState) => boolean): Promise<VmState> {
    return new Promise((resolve, reject) => {
      const look = (state: VmState): void => {
        if (reached(state)) resolve(state)
        else if (this.closed) reject(supervisorGone(state))
        else return
        this.changed.delete(look)
      }
      this.changed.add(look)
      look(this.current)
    })
  }

  close(): void {
    this.changed.clear()
    this.socket.destroy()
  }

  private ask(request: Request['request'], detail: Pick<Request, 'into'> = {}): Promise<Answer> {
    this.asked += 1
    const id = String(this.asked)
    return new Promise((resolve, reject) => {
      this.answers.once(id, resolve)
      void this.gone.then(() => {
        reject(supervisorGone(this.current))
      })
      this.send(request, { ...detail, id })
    })
  }

  private end(state: VmState): void {
    this.closed = true
    this.update(state)
    this.leave()
  }

  private update(state: VmState): void {
    this.current = state
    for (const listener of this.changed) listener(state)
  }
}

/** The Failure that a VM's state tells of, when it is no longer alive and well. */
export function failureOf(state: VmState): Failure | undefined {
  if (state.failure) return new Failure(state.failure)
  if (state.state === 'stopped') {
    return new Failure({ class: 'qemu-exit', message: `VM ${state.name} has been stopped` })
  }
  return undefined
}

export function supervisorGone(state: VmState): Failure {
  return (
    failureOf(state) ??
    new Failure({
      class: 'qemu-exit',
      message: `the supervisor of VM ${state.name} (pid ${state.supervisorPid}) has gone, and QEMU with it`,
      advice:
        'It was killed from outside, or this job has ended. Its log is supervisor.log in the state folder.',
    })
  )
}

/** A socket's path may have no more than 107 bytes; through the open folder's own name it always has. */
async function connectIn(folder: string): Promise<Socket> {
  const descriptor = openSync(folder, 'r')
  try {
    const socket = createConnection(`/proc/self/fd/${descriptor}/${files.socket}`)
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return socket
  } finally {
    closeSync(descriptor)
  }
}

function readVmOr(folder: string, fallback: VmState): VmState {
  try {
    return readVm(folder)
  } catch {
    return fallback
  }
}
