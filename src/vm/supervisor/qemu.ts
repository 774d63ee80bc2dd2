import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Duplex, Readable } from 'node:stream'
import { dyingWithParent, type Machine, qemuCommand } from '../machine.js'

/** A running QEMU: its process, what it prints, and its QMP stream. */
export interface Qemu {
  readonly process: ChildProcess
  readonly pid: number
  readonly console: Readable
  readonly qmp: Duplex
  /** The last that QEMU itself said on standard error. */
  readonly complaint: () => string
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>
}

/**
 * Starts QEMU in `folder` as a process that cannot outlive this one.
 * @param deviceState the file that a fork goes on from
 */
export function startQemu(machine: Machine, folder = '.', deviceState?: string): Qemu {
  const [program = '', ...args] = dyingWithParent(qemuCommand(machine))
  const state = deviceState === undefined ? [] : [openSync(deviceState, 'r')]
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...state],
  }) as ChildProcessByStdio<null, Readable, Readable>
  state.forEach(closeSync)
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-4000)))
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message)
    })
    child.once('close', (code, signal) => {
      resolve(signal === null ? `exit status ${code ?? 0}` : `ended by ${signal}`)
    })
  })
  return {
    process: child,
    pid: child.pid ?? 0,
    console: child.stdout,
    qmp: child.stdio[3] as Duplex,
    complaint: () => complaint.trim(),
    ended,
  }
}
