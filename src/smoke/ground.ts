import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Failure, UserError } from '../runtime/errors.js'
import { quote } from '../runtime/quote.js'
import type { GuestResult } from '../ssh/session.js'
import { untilBack } from '../vm/back.js'
import { type Guest, verdictWithin, withGuest } from '../vm/guest.js'
import type { VmState } from '../vm/state.js'
import { Agent, type AgentResult } from './agent.js'
import type { GuestCommand } from './guest-command.js'
import { type GuestHealth, harmDone, leftBehind } from './health.js'

/** Milliseconds that a guest has to be back after it rebooted, or dropped the connection. */
export const backWithin = 5 * 60_000

/** Milliseconds that the file of a test may take to get into the guest. */
const sendWithin = 2 * 60_000

/** Seconds that an agent has to say how the guest is. */
const greetingWithin = 60

/** What became of the guest while a command ran: `cut` has lost its connections and not rebooted. */
export type Fate =
  { readonly kind: 'stays' | 'rebooted' | 'cut' } | { readonly kind: 'gone'; readonly cause: string }

export interface Trial {
  readonly output: GuestResult
  readonly fate: Fate
  /** Processes that it left and that have been ended, in words. */
  readonly left?: string
  /** What it did that no test after it can be trusted with, in words. */
  readonly harm?: string
}

interface Connection {
  readonly guest: Guest
  readonly agent: Agent
  readonly health: GuestHealth
  release(): Promise<void>
}

/**
 * The one guest in which tests run one after another: it keeps the connection, opens another when a test has cost it,
 * and tells what each test has done to the guest.
 */
export class Ground {
  private constructor(
    private readonly folder: string,
    private readonly name: string,
    private connection: Connection,
  ) {}

  /** @throws {Failure | UserError} when there is no guest to connect to */
  static async open(folder: string): Promise<Ground> {
    const name = `smoke-${randomBytes(4).toString('hex')}`
    return new Ground(folder, name, await connect(folder, name))
  }

  get vm(): VmState {
    return this.connection.guest.vm
  }

  /** The failure of the VM; undefined while it lives. */
  get death(): Failure | undefined {
    const reason: unknown = this.connection.guest.died.reason
    return reason instanceof Failure ? reason : undefined
  }

  /** Runs a command for at most so many seconds, and makes sure of the guest after it. */
  async run(command: GuestCommand, seconds: number): Promise<Trial> {
    const { guest, agent, health: before } = this.connection
    if (command.file === undefined) return this.after(await agent.run(command.text, seconds), before)
    const sent = await sendFile(guest, command.file)
    if (sent.exitCode !== 0) {
      return { output: sent, fate: sent.exitCode === null ? await this.return() : { kind: 'stays' } }
    }
    const folder = quote([sent.stdout.trim()])
    const result = await agent.run(`cd ${folder} && ${command.text}`, seconds)
    agent.tell(`rm -rf ${folder}`)
    return this.after(result, before)
  }

  /** Waits for a reboot that a command has asked for. Milliseconds. */
  async reboot(within: number): Promise<Fate> {
    const { agent } = this.connection
    const waiting = new AbortController()
    const closes = await Promise.race([
      agent.closed.then(() => true),
      setTimeout(within, false, { signal: waiting.signal }),
    ]).finally(() => {
      waiting.abort()
    })
    return closes ? this.return() : { kind: 'stays' }
  }

  /** Resolves when all that the guest has printed by now is in the console log. */
  untilLogged(): Promise<void> {
    return this.connection.guest.untilLogged()
  }

  async close(): Promise<void> {
    this.connection.agent.close()
    await this.connection.release()
  }

  private async after({ output, health }: AgentResult, before: GuestHealth): Promise<Trial> {
    if (health === undefined) return { output, fate: await this.return() }
    const left = leftBehind(health)
    const harm = harmDone(before, health)
    return {
      ...{ output, fate: { kind: 'stays' } },
      ...(left !== undefined && { left }),
      ...(harm !== undefined && { harm }),
    }
  }

  /** Connects again, and tells why that had to be. */
  private async return(): Promise<Fate> {
    const { guest, health: before } = this.connection
    await setTimeout(verdictWithin, undefined, { signal: guest.died }).catch(() => undefined)
    const died = this.death
    if (died !== undefined) return { kind: 'gone', cause: deathOf(died) }
    await this.close()
    try {
      await untilBack(this.folder, backWithin)
      this.connection = await connect(this.folder, this.name)
    } catch (error) {
      if (error instanceof Failure) return { kind: 'gone', cause: deathOf(error) }
      if (error instanceof UserError)
        return { kind: 'gone', cause: `the connection was lost: ${error.message}` }
      throw error
    }
    return { kind: this.connection.health.bootId === before.bootId ? 'cut' : 'rebooted' }
  }
}

/** Why tests could not run, in words. */
export function deathOf(failure: Failure): string {
  return `the VM died (${failure.class}: ${failure.message})`
}

async function connect(folder: string, name: string): Promise<Connection> {
  const { guest, release } = await hold(folder)
  const agent = new Agent(guest, name)
  const { output, health } = await agent.run(':', greetingWithin)
  if (health !== undefined) return { guest, agent, health, release }
  agent.close()
  await release()
  const { reason } = guest.died as { reason: unknown }
  if (reason instanceof Failure) throw reason
  throw new UserError(
    `no shell of POSIX could be started in the guest: ${output.stderr.trim() || 'it said nothing'}`,
  )
}

/** A connection that is there until it is released, not for the length of a call. */
function hold(folder: string): Promise<Pick<Connection, 'guest' | 'release'>> {
  return new Promise((resolve, reject) => {
    let leave = (): void => undefined
    const left = new Promise<void>((done) => (leave = done))
    const session = withGuest(folder, (guest) => {
      const release = async (): Promise<void> => {
        leave()
        await session.catch(() => undefined)
      }
      resolve({ guest, release })
      return left
    })
    session.catch(reject)
  })
}

/** Puts a file into a fresh folder of the guest, whose name it prints. */
function sendFile(guest: Guest, { name, content }: NonNullable<GuestCommand['file']>): Promise<GuestResult> {
  const receive = 'd=$(mktemp -d) && cat >"$d/$1" && chmod 700 "$d/$1" && echo "$d"'
  return guest.run(quote(['sh', '-c', receive, 'sh', name]), { input: content, timeout: sendWithin })
}
