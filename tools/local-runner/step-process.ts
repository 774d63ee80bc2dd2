import { spawn } from 'node:child_process'
import { UserError } from '../../src/runtime/errors.js'
import { lineSplitter } from './lines.js'

export interface StepProcessOptions {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
  /** Ends the process politely: SIGINT, then SIGTERM, then SIGKILL. */
  readonly cancel: AbortSignal
  /** Ends it at once. */
  readonly force: AbortSignal
  readonly graces?: Graces
}

/** Milliseconds from SIGINT to SIGTERM, and from SIGTERM to SIGKILL. */
export interface Graces {
  readonly interrupt: number
  readonly terminate: number
}

/** Source: actions/runner src/Runner.Sdk/ProcessInvoker.cs */
const runnerGraces: Graces = { interrupt: 7_500, terminate: 2_500 }

/** How long output is awaited after the exit of a process whose children hold its pipes open. Source: as above. */
const outputGrace = 5_000

/**
 * Runs a step's own process to its end. It gets a session of its own, so that Ctrl-C in the terminal reaches the runner
 * alone, which then signals this process and not its children.
 * @returns the exit status, or the signal that ended it
 * @throws {UserError} when it cannot be started
 */
export async function runStepProcess(options: StepProcessOptions): Promise<number | NodeJS.Signals> {
  const [program = '', ...args] = options.command
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const streams = [child.stdout, child.stderr]
  const closed = streams.map((stream) => {
    const lines = lineSplitter(options.onLine)
    stream.on('data', (bytes: Buffer) => {
      lines.write(bytes)
    })
    return new Promise<void>((resolve) => {
      stream.on('close', () => {
        lines.end()
        resolve()
      })
    })
  })

  const { interrupt, terminate } = options.graces ?? runnerGraces
  const timers: NodeJS.Timeout[] = []
  const escalate = (): void => {
    child.kill('SIGINT')
    timers.push(setTimeout(() => child.kill('SIGTERM'), interrupt))
    timers.push(setTimeout(() => child.kill('SIGKILL'), interrupt + terminate))
  }
  const kill = (): void => {
    child.kill('SIGKILL')
  }
  try {
    const exit = new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.on('error', (error) => {
        reject(new UserError(`${program} cannot be started: ${error.message}`))
      })
      child.on('exit', (code, signal) => {
        resolve(signal ?? code ?? 1)
      })
    })
    if (options.cancel.aborted) escalate()
    options.cancel.addEventListener('abort', escalate)
    options.force.addEventListener('abort', kill)
    const status = await exit
    const late = setTimeout(() => {
      for (const stream of streams) stream.destroy()
    }, outputGrace)
    timers.push(late)
    await Promise.all(closed)
    return status
  } finally {
    timers.forEach(clearTimeout)
    options.cancel.removeEventListener('abort', escalate)
    options.force.removeEventListener('abort', kill)
  }
}
