import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { quote } from '../runtime/quote.js'
import type { GuestResult, Remote, SshProcess } from '../ssh/session.js'
import { agentScript, killAfter, wardenScript } from './agent-script.js'
import { Frame } from './frame.js'
import { type GuestHealth, readTrailer } from './health.js'
import { agentCommand } from './reporter.js'

/** What a command gave, and how the guest is after it; without that when the agent or its connection has gone. */
export interface AgentResult {
  /** `timedOut`: it was ended, or not even that could be done, and the exit status is null. */
  readonly output: GuestResult
  readonly health?: GuestHealth
}

/** Milliseconds beyond the KILL after which the agent itself is taken for dead. */
const patience = 20_000

/**
 * One shell in the guest that runs command after command, over one channel of the guest's connection: a channel for
 * each costs an emulated guest several times as much. The streams of a command come as they are, whatever is in them,
 * and end in a mark that it cannot know.
 */
export class Agent {
  private readonly shell: SshProcess
  /** Started once the agent has said which process it is: two shells that start at one time are in each other's way. */
  private warden: SshProcess | undefined
  /** Settles when the shell, or the connection to it, has ended. */
  readonly closed: Promise<void>
  private ended = false

  /** `name` is that of the cgroup for all that runs; what an earlier agent of the name has left in it is ended. */
  constructor(
    private readonly remote: Remote,
    private readonly name: string,
  ) {
    this.shell = shellWith(remote, agentCommand(), agentScript(name))
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.ended = true
        resolve()
      }
      // The connection's own process may hold the streams a while longer.
      for (const event of ['close', 'exit', 'error']) this.shell.once(event, end)
    })
  }

  /** Runs shell text in a subshell to its end, for at most `seconds`; what it starts must be preceded by `$limit`. */
  async run(text: string, seconds: number): Promise<AgentResult> {
    const mark = randomBytes(16).toString('hex')
    const started = performance.now()
    const streams = [this.shell.stdout, this.shell.stderr] as const
    const [stdout, stderr] = [new Frame(mark), new Frame(mark)]
    const whole = Promise.all([stdout.from(streams[0]), stderr.from(streams[1])]).then(() => true)
    if (!this.ended) this.shell.stdin.write(`t ${mark} ${seconds} ${quote([text])}\n`)

    const late = new AbortController()
    const over = this.limit(seconds * 1000, late.signal)
    const complete = await Promise.race([whole, this.closed.then(() => false), over])
    const milliseconds = performance.now() - started
    late.abort()
    if (!complete) this.close()
    const { exitCode, agent, ...health } = readTrailer(stdout.trailer ?? '')
    if (complete && agent !== undefined) {
      this.warden ??= shellWith(this.remote, 'exec sh', wardenScript(this.name, agent))
    }
    return {
      output: {
        exitCode: complete ? exitCode : null,
        stdout: stdout.text,
        stderr: stderr.text,
        timedOut: milliseconds >= seconds * 1000,
        truncated: stdout.truncated || stderr.truncated,
        milliseconds,
      },
      ...(complete && { health }),
    }
  }

  /** Has a command run that nobody waits for. */
  tell(text: string): void {
    if (!this.ended) this.shell.stdin.write(`${text}\n`)
  }

  close(): void {
    for (const process of [this.shell, ...(this.warden ? [this.warden] : [])]) {
      process.kill('SIGKILL')
      process.stdout.destroy()
      process.stderr.destroy()
    }
  }

  /** Ends what runs at its time limit; false when that had no effect. */
  private async limit(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    try {
      await setTimeout(milliseconds, undefined, { signal })
      this.warden?.stdin.write('s TERM\n')
      await setTimeout(killAfter * 1000, undefined, { signal })
      this.warden?.stdin.write('s KILL\n')
      await setTimeout(patience, undefined, { signal })
    } catch {
      // It has ended.
    }
    return false
  }
}

function shellWith(remote: Remote, command: string, script: string): SshProcess {
  const shell = remote.start(command)
  shell.stdin.on('error', () => undefined)
  shell.on('error', () => undefined)
  shell.stdin.write(script)
  return shell
}
