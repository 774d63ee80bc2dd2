import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../runtime/errors.js'
import { missingTool } from '../runtime/tools.js'
import { alias } from './config.js'
import { Excerpt } from './excerpt.js'

export type SshProcess = ChildProcessByStdio<Writable, Readable, Readable>

/** Where commands can be started: a Session, or whoever lends one. */
export interface Remote {
  /** Starts shell text and gives its streams; the caller reads them and waits for its end. */
  start(command: string): SshProcess
}

export interface GuestCommandOptions {
  /** Milliseconds after which the command's connection is cut and `timedOut` set. Default: none. */
  readonly timeout?: number
  /** Bytes of each stream that are kept, the first half and the last half. Default 1 MiB. */
  readonly limit?: number
  /** A function is asked for it when the command begins to print. */
  readonly input?: string | Uint8Array | Readable | (() => string)
  readonly signal?: AbortSignal
  /** Called with each piece of output as it comes. Raw guest text. */
  readonly onOutput?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void
}

/** What a command in the guest gave. Raw guest text: print it only through the inert log. */
export interface GuestResult {
  /** The command's exit status; null when the connection was lost, it timed out or was cancelled. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
  /** True when output went beyond the limit and its middle was dropped. */
  readonly truncated: boolean
  readonly milliseconds: number
}

/** The ssh command for `remote`, over the connection at `controlPath` where one is given. */
export function sshCommand(configFile: string, controlPath: string | undefined, remote: string): string[] {
  return [
    'ssh',
    ...['-F', configFile],
    ...(controlPath === undefined ? [] : ['-o', `ControlPath=${controlPath}`]),
    '-T',
    alias,
    '--',
    remote,
  ]
}

/** The ssh command whose standard streams are a TCP connection to `port` of the guest's own loopback. */
export function connectCommand(configFile: string, controlPath: string, port: number): string[] {
  return [
    'ssh',
    ...['-F', configFile],
    ...['-o', `ControlPath=${controlPath}`],
    ...['-W', `127.0.0.1:${port}`],
    alias,
  ]
}

/** The command that opens one connection for later ones to share, and says so on standard output. */
export function masterCommand(configFile: string, controlPath: string): string[] {
  return [
    'ssh',
    ...['-F', configFile],
    ...['-o', 'ControlMaster=yes'],
    ...['-o', `ControlPath=${controlPath}`],
    ...['-o', 'ControlPersist=no'],
    ...['-o', 'PermitLocalCommand=yes'],
    ...['-o', 'LocalCommand=echo connected'],
    '-N',
    alias,
  ]
}

/**
 * Runs one command over a connection of its own; where `port` is given, over one that this machine's port of that number
 * gives it when there is one, for which it waits without end.
 */
export function runSsh(
  configFile: string,
  remote: string,
  { port, ...options }: GuestCommandOptions & { readonly port?: number } = {},
): Promise<GuestResult> {
  const [program = '', ...args] = sshCommand(configFile, undefined, remote)
  const lent = port === undefined ? [] : ['-p', String(port), '-o', 'ConnectTimeout=0']
  return collect(start([program, ...lent, ...args]), options)
}

/**
 * One authenticated connection to a guest, shared by every command: under emulation a new connection costs over a
 * second, a command over this one a tenth of that. sshd allows ten at once on one connection (MaxSessions).
 */
export class Session implements Remote {
  private constructor(
    readonly configFile: string,
    private readonly folder: string,
    private readonly master: SshProcess,
  ) {}

  /** @throws {UserError} when the guest refuses or does not answer, with what ssh said */
  static async open(configFile: string, signal?: AbortSignal): Promise<Session> {
    // A socket's path may have no more than 107 bytes; a runner's temporary folder can be longer than that.
    const folder = mkdtempSync(path.join(tmpdir(), 'guest-ssh-'))
    const master = start(masterCommand(configFile, path.join(folder, 'c')))
    try {
      await connected(master, signal)
    } catch (error) {
      master.kill()
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
    return new Session(configFile, folder, master)
  }

  private get controlPath(): string {
    return path.join(this.folder, 'c')
  }

  start(remote: string): SshProcess {
    return start(sshCommand(this.configFile, this.controlPath, remote))
  }

  /** Connects to a TCP port of the guest's own loopback; the process ends where nobody listens. */
  connect(port: number): SshProcess {
    return start(connectCommand(this.configFile, this.controlPath, port))
  }

  /** Runs a command (any shell text, of many lines too) in the guest user's shell to its end. */
  async run(remote: string, options: GuestCommandOptions = {}): Promise<GuestResult> {
    const result = await collect(this.start(remote), options)
    // ssh gives 255 for its own trouble, and for a command that gave 255.
    return result.exitCode === 255 && !(await this.answers()) ? { ...result, exitCode: null } : result
  }

  /** False once the guest, or something between, has dropped the connection. */
  get connected(): boolean {
    return this.master.exitCode === null && this.master.signalCode === null
  }

  /** The connection's own word; its process may be about to end while `connected` still holds. */
  private async answers(): Promise<boolean> {
    const check = ['ssh', ...['-F', this.configFile], ...['-o', `ControlPath=${this.controlPath}`]]
    const { exitCode } = await collect(start([...check, '-O', 'check', alias]), { timeout: 5000 })
    return exitCode === 0
  }

  /** Closes the connection. Commands that still run lose it. */
  async close(): Promise<void> {
    if (this.connected) {
      const ended = new Promise((resolve) => this.master.once('exit', resolve))
      this.master.kill()
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function start([program = '', ...args]: readonly string[]): SshProcess {
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
}

function connected(master: SshProcess, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    const cancel = (): void => {
      reject(signal?.reason instanceof Error ? signal.reason : new UserError('ssh: cancelled'))
    }
    master.stderr.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2000)))
    master.stdout.once('data', () => {
      signal?.removeEventListener('abort', cancel)
      resolve()
    })
    master.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? missingTool('ssh') : error)
    })
    master.once('close', () => {
      reject(new UserError(`ssh could not connect to the guest: ${complaint.trim() || 'it gave no reason'}`))
    })
    if (signal?.aborted) cancel()
    else signal?.addEventListener('abort', cancel, { once: true })
  })
}

async function collect(ssh: SshProcess, options: GuestCommandOptions): Promise<GuestResult> {
  const started = performance.now()
  const limit = options.limit ?? 2 ** 20
  const kept = { stdout: new Excerpt(limit), stderr: new Excerpt(limit) }
  for (const stream of ['stdout', 'stderr'] as const) {
    ssh[stream].on('data', (chunk: Buffer) => {
      kept[stream].add(chunk)
      options.onOutput?.(chunk, stream)
    })
  }
  // A command that ends without reading its input is no error.
  ssh.stdin.on('error', () => undefined)
  const { input } = options
  if (typeof input === 'function') ssh.stdout.once('data', () => ssh.stdin.end(input()))
  else if (input instanceof Readable) pipeline(input, ssh.stdin).catch(() => undefined)
  else ssh.stdin.end(input)

  const cut = { any: false, byTime: false }
  const end = (): void => {
    cut.any = true
    ssh.kill('SIGKILL')
  }
  const timer =
    options.timeout === undefined
      ? undefined
      : setTimeout(() => {
          cut.byTime = true
          end()
        }, options.timeout)
  if (options.signal?.aborted) end()
  else options.signal?.addEventListener('abort', end, { once: true })

  const code = await new Promise<number | null>((resolve, reject) => {
    ssh.once('error', reject)
    ssh.once('close', resolve)
    // The connection's process holds the streams as well, for as long as the command in the guest runs on.
    ssh.once('exit', () => {
      if (cut.any) resolve(null)
    })
  }).finally(() => {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', end)
    ssh.stdout.destroy()
    ssh.stderr.destroy()
  })
  return {
    exitCode: cut.any ? null : code,
    stdout: kept.stdout.toString(),
    stderr: kept.stderr.toString(),
    timedOut: cut.byTime,
    truncated: kept.stdout.truncated || kept.stderr.truncated,
    milliseconds: performance.now() - started,
  }
}
