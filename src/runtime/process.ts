import { execa, type Options } from 'execa'
import { getExecOutput } from '@actions/exec'
import { which } from '@actions/io'
import { quote } from './quote.js'
import { missingTool } from './tools.js'
import { formatDuration } from './units.js'

/** A command failed: its message says the command, why, and what it printed on standard error. */
export class CommandError extends Error {
  override readonly name = 'CommandError'

  constructor(
    readonly command: readonly string[],
    readonly reason: string,
    readonly exitCode: number | undefined,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super([`${quote(command)} failed: ${reason}`, tail(stderr)].filter(Boolean).join('\n'))
  }
}

export interface RunOptions {
  readonly cwd?: string
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds after which the command is ended: SIGTERM, and SIGKILL `killAfter` (default 5000) later. */
  readonly timeout?: number
  readonly killAfter?: number
  readonly input?: string | Uint8Array
  readonly signal?: AbortSignal
  /** Characters of output kept of each stream; a command that prints more is ended. Default 10 million. */
  readonly limit?: number
}

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a command to its end and returns what it printed. It dies with this process.
 * @throws {CommandError} on an exit status other than 0, a signal or the time-out
 * @throws {Failure} missing-tool when the program is not there
 */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const [program = '', ...args] = command
  const settings = {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: options.limit ?? 10_000_000,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.env !== undefined && { env: options.env }),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
    ...(options.killAfter !== undefined && { forceKillAfterDelay: options.killAfter }),
    ...(options.signal !== undefined && { cancelSignal: options.signal }),
  } satisfies Options
  const result = await execa(program, args, settings)
  const { stdout, stderr } = result
  if (!result.failed) return { stdout, stderr }
  if (result.code === 'ENOENT') throw missingTool(program)
  const reason = result.timedOut
    ? `no end after ${formatDuration(options.timeout ?? 0)}`
    : result.isCanceled
      ? 'cancelled'
      : result.isMaxBuffer
        ? 'it printed more than is allowed'
        : result.signal !== undefined
          ? `ended by ${result.signal}`
          : result.exitCode !== undefined
            ? `exit status ${result.exitCode}`
            : (result.originalMessage ?? 'it could not be started')
  throw new CommandError(command, reason, result.exitCode, stdout, stderr)
}

/**
 * Runs a command of the user's or a long build, its output live in the log as any `run:` step's.
 * @throws {CommandError} on an exit status other than 0
 */
export async function runLive(
  command: readonly string[],
  options: Pick<RunOptions, 'cwd' | 'env'> = {},
): Promise<void> {
  const [program = '', ...args] = command
  if ((await which(program)) === '') throw missingTool(program)
  const { exitCode, stderr } = await getExecOutput(program, args, {
    ignoreReturnCode: true,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.env !== undefined && { env: { ...process.env, ...options.env } as Record<string, string> }),
  })
  if (exitCode !== 0) throw new CommandError(command, `exit status ${exitCode}`, exitCode, '', stderr)
}

function tail(text: string, lines = 20): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}
