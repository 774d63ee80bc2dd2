import { spawn } from 'node:child_process'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../runtime/errors.js'
import { CommandError } from '../runtime/process.js'
import { quote } from '../runtime/quote.js'
import { missingTool } from '../runtime/tools.js'
import { formatDuration } from '../runtime/units.js'
import { type ArchiveLimits, unpack, type Unpacked } from './archive.js'
import { replacing } from './privilege.js'
import type { Remote } from './session.js'

export interface ReceiveOptions {
  readonly limits?: ArchiveLimits
  /** Read as root. Default false. */
  readonly sudo?: boolean
  /** Read with what CPU time the guest has to spare. Default false. */
  readonly idle?: boolean
  /** Take only files that changed after this file of the guest did. */
  readonly newerThan?: string
  /** Gives a file another name here than it has in the guest. */
  readonly rename?: (name: string) => string
  /** Milliseconds after which the stream counts as broken. Default ten minutes. */
  readonly timeout?: number
}

export interface Received extends Unpacked {
  /** True when the guest has no such folder. */
  readonly missing: boolean
  /** What tar complained of in the guest. Raw guest text. */
  readonly complaint: string
}

/** The guest's exit status for a folder that is not there (EX_NOINPUT of sysexits.h). */
const noSuchFolder = 66

/** Units of 512 bytes that the guest's tar writes at one time: half of what a pipe holds, so that sshd has the other. */
const blockingFactor = 64

/** The host's tar over files and folders, each under its own last name, links followed. */
export function packCommand(paths: readonly string[]): string[] {
  const members = paths.flatMap((item) => ['-C', path.dirname(item), `./${path.basename(item)}`])
  return ['tar', '--create', '--file=-', '--dereference', '--owner=root:0', '--group=root:0', ...members]
}

/** The guest's shell text that unpacks standard input into `folder`. */
export function unpackScript(folder: string): string {
  return `exec ${quote(['tar', '--extract', '--file=-', '--no-same-owner', '-C', folder])}`
}

/** The guest's shell text that archives what is in `folder` to standard output. Hard links come as plain copies. */
export function packScript(
  folder: string,
  options: Pick<ReceiveOptions, 'sudo' | 'idle' | 'newerThan'> = {},
): string {
  const newer = options.newerThan === undefined ? [] : [`--newer=${options.newerThan}`]
  const nice = options.idle ? ['nice', '-n', '19'] : []
  const form = [`--blocking-factor=${blockingFactor}`, '--hard-dereference']
  const tar = quote([...nice, 'tar', '--create', '--file=-', ...form, ...newer, '.'])
  const script = `cd ${quote([folder])} 2>/dev/null || exit ${noSuchFolder}; exec ${tar}`
  return replacing(['sh', '-c', script], options.sudo ?? false)
}

/**
 * Copies files and folders of the host into a folder of the guest that is there already, modes kept.
 * One tar stream: a thousand small files take a fifth of the time scp needs.
 * @throws {UserError} when two have the same name or the guest cannot take them
 * @throws {CommandError} when the host cannot read them
 */
export async function send(guest: Remote, paths: readonly string[], remoteFolder: string): Promise<void> {
  const names = paths.map((item) => path.basename(item))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UserError(`Two of the files to be copied have the name ${twice}`)

  const command = packCommand(paths)
  const [program = '', ...args] = command
  const local = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const remote = guest.start(unpackScript(remoteFolder))
  const complaints = { local: textOf(local.stderr), remote: textOf(remote.stderr) }
  remote.stdout.resume()
  const codes = Promise.all([exitOf(local, program), exitOf(remote, 'ssh')])
  // The side that breaks off tells why in its exit status and words; the broken pipe itself tells nothing.
  await Promise.all([codes, pipeline(local.stdout, remote.stdin).catch(() => undefined)])
  const [localCode, remoteCode] = await codes
  if (remoteCode !== 0) {
    throw new UserError(
      `The guest could not take the files: ${complaints.remote() || `exit status ${remoteCode}`}`,
    )
  }
  if (localCode !== 0) {
    throw new CommandError(
      command,
      `exit status ${localCode}`,
      localCode ?? undefined,
      '',
      complaints.local(),
    )
  }
}

/**
 * Copies what is in a folder of the guest into `localFolder`, which must be empty and private. The guest is not
 * trusted: see `unpack`. A folder that is not there, a limit reached and a stream that breaks off are in the result.
 */
export async function receive(
  guest: Remote,
  remoteFolder: string,
  localFolder: string,
  options: ReceiveOptions = {},
): Promise<Received> {
  const remote = guest.start(packScript(remoteFolder, options))
  const complaint = textOf(remote.stderr)
  const ended = exitOf(remote, 'ssh')
  remote.stdin.on('error', () => undefined)
  remote.stdin.end()
  const timeout = options.timeout ?? 600_000
  const timer = setTimeout(() => {
    remote.stdout.destroy(new Error(`no end after ${formatDuration(timeout)}`))
  }, timeout)
  const unpacked = await unpack(remote.stdout, localFolder, options.limits, options.rename).finally(() => {
    clearTimeout(timer)
  })
  if (unpacked.limit !== undefined || unpacked.broken !== undefined) {
    remote.kill('SIGKILL')
    remote.stderr.destroy()
  }
  const code = await ended
  const missing = code === noSuchFolder && unpacked.files.length === 0
  // GNU tar ends with 1 when a file changed while it was read: all of it came nevertheless.
  const whole = code === 0 || code === 1 || missing
  const broken = unpacked.broken ?? (whole || unpacked.limit !== undefined ? undefined : brokenOff(code))
  return {
    ...unpacked,
    ...(broken !== undefined && !missing && { broken }),
    missing,
    complaint: complaint(),
  }
}

function brokenOff(code: number | null): string {
  return code === 255 ? 'the connection was lost' : `tar ended with status ${code ?? 'none'}`
}

/** Collects the beginning of a stream as text; call the result once the process has ended. */
function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    if (text.length < 4000) text += chunk.toString()
  })
  return () => text.slice(0, 4000).trim()
}

function exitOf(child: ReturnType<typeof spawn>, program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? missingTool(program) : error)
    })
    child.once('close', resolve)
  })
}
