/** `npm run vm` as a person has it: in a terminal. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { quote } from '../../src/runtime/quote.js'
import { bootSector } from '../fixtures/boot-sector.js'
import { defaultImage } from '../fixtures/default-image.js'
import { processesIn, within } from '../fixtures/processes.js'
import { TinyGuest } from '../fixtures/tiny-guest.js'

const root = path.resolve(import.meta.dirname, '../..')
const minutes = 60_000

let folder: string
let temp: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'terminal-'))
  temp = path.join(folder, 'temp')
  mkdirSync(temp)
})

afterAll(() => {
  for (const pid of processesIn(temp)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

/** The command in a terminal of its own, and all that it has shown. */
function inTerminal(...args: readonly string[]): {
  terminal: ChildProcessWithoutNullStreams
  shown: () => string
} {
  const command = quote([process.execPath, '--import', 'tsx', 'tools/vm.ts', ...args])
  const env = { ...process.env, TMPDIR: temp, RUNNER_TEMP: '' }
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: root, env })
  let text = ''
  for (const stream of [terminal.stdout, terminal.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  }
  return { terminal, shown: () => text }
}

/** What is left in the temporary folder beside the compiler's cache. */
const left = (): string[] => readdirSync(temp).filter((name) => !name.startsWith('tsx-'))

test(
  'the console is in the terminal, and Ctrl-A x leaves',
  async () => {
    const image = bootSector(folder, 'print', '\nhello from the guest\n')
    const { terminal, shown } = inTerminal(image, '--firmware=bios', '--accelerator=tcg', '--memory=64M')
    const ended = once(terminal, 'exit')
    await within(minutes, () => shown().includes('hello from the guest'))
    expect(shown()).toContain('Ctrl-A x leaves')
    terminal.stdin.write('\x01x')
    expect(await ended).toEqual([0, null])
    expect(shown()).toContain('QEMU: Terminated')
    expect(processesIn(temp)).toEqual([])
    expect(left()).toEqual([])
  },
  3 * minutes,
)

test(
  '--ssh opens a shell and ends with it',
  async () => {
    const linux = await TinyGuest.make(await defaultImage(folder), folder)
    const { image, extraArgs } = linux.options('quiet')
    const { terminal, shown } = inTerminal(
      image,
      '--ssh',
      ...['--firmware=bios', '--accelerator=tcg', '--memory=256M', `--extra-args=${extraArgs.join('\n')}`],
    )
    const ended = once(terminal, 'exit')
    await within(5 * minutes, () => /\$ $|# $/.test(shown()) || terminal.exitCode !== null)
    terminal.stdin.write('[ -t 0 ] && echo $((6 * 7)) in a terminal; exit 3\n')
    expect(await ended).toEqual([3, null])
    expect(shown()).toMatch(/42 in a terminal/)
    expect(processesIn(temp)).toEqual([])
    expect(left()).toEqual([])
  },
  12 * minutes,
)
