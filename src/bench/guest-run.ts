import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../runtime/errors.js'
import { group, info } from '../runtime/log.js'
import { quote } from '../runtime/process.js'
import { formatDuration } from '../runtime/units.js'
import { replacing } from '../ssh/privilege.js'
import { type Received, receive, send } from '../ssh/transfer.js'
import type { Guest } from '../vm/guest.js'
import type { BenchmarkInputs } from './inputs.js'
import { liveOutput } from './live.js'
import { type CpuTicks, guestMachine } from './machine.js'
import type { Machine, Phase } from './record.js'

/** What is known of a run so far; it is read also when the guest dies in the middle of it. */
export interface Journal {
  readonly folder: string
  machine?: Machine
  ticks?: { before: CpuTicks; after?: CpuTicks }
  /** Milliseconds since the epoch at which the runner was started; unset until then. */
  startedAt?: number
  phases: readonly Phase[]
  runner?: { readonly exitCode: number | null; readonly timedOut: boolean; readonly milliseconds: number }
  received?: Received
}

/** Where things lie in a journal's folder. */
export const places = {
  results: 'results',
  output: 'runner.log',
  console: 'console.log',
  record: 'run-record.json',
}

/** Seconds between the end of the runner's time and its end by force. */
const grace = 10
/** Milliseconds that the guest gets to end the runner before its connection is cut. */
const patience = 30_000

/**
 * The GuestOS way: runner and tools are copied into a fresh folder, the runner runs there, its results come back.
 * Everything that becomes known goes into the journal at once.
 */
export async function benchmarkIn(guest: Guest, inputs: BenchmarkInputs, journal: Journal): Promise<void> {
  const { machine, ticks } = await guestMachine(guest)
  journal.machine = machine
  const folder = await freshFolder(guest)
  const name = path.basename(inputs.runner)
  try {
    await send(guest, [inputs.runner, ...inputs.tools], folder)
    journal.ticks = { before: ticks }
    journal.startedAt = Date.now()
    await group(`${name} in the guest`, () => runRunner(guest, inputs, folder, journal))
    journal.ticks.after = (await guestMachine(guest)).ticks
    const results = path.posix.resolve(folder, inputs.resultsDirectory)
    const local = path.join(journal.folder, places.results)
    mkdirSync(local, { mode: 0o700 })
    journal.received = await receive(guest, results, local, {
      sudo: inputs.sudo,
      rename: portable,
      // A folder of the image's own may hold results of another time.
      ...(path.posix.isAbsolute(inputs.resultsDirectory) && { newerThan: `${folder}/${marker}` }),
    })
  } finally {
    if (!guest.died.aborted) {
      await guest
        .run(replacing(['rm', '-rf', folder], inputs.sudo), { timeout: 30_000 })
        .catch(() => undefined)
    }
  }
}

const marker = '.started'

/** On the disk that holds the user's home: a benchmark of /tmp may be one of memory. */
async function freshFolder(guest: Guest): Promise<string> {
  const script = `cd && d=$(mktemp -d -p "$PWD" benchmark.XXXXXXXX 2>/dev/null || mktemp -d) && : > "$d/${marker}" && printf %s "$d"`
  const { exitCode, stdout, stderr } = await guest.run(script, { timeout: 60_000 })
  if (exitCode !== 0 || !/^\/[\w./@+-]+$/.test(stdout)) {
    throw new UserError(`The guest gives no folder to work in: ${stderr.trim() || stdout.slice(0, 200)}`)
  }
  return stdout
}

async function runRunner(
  guest: Guest,
  inputs: BenchmarkInputs,
  folder: string,
  journal: Journal,
): Promise<void> {
  const output = liveOutput(path.join(journal.folder, places.output))
  journal.phases = output.phases
  const name = path.basename(inputs.runner)
  const started = performance.now()
  const result = await guest
    .run(runnerScript(folder, name, inputs), {
      timeout: inputs.timeout + grace * 1000 + patience,
      limit: 8192,
      onOutput: output.write,
    })
    .finally(() => {
      output.end()
    })
  const milliseconds = performance.now() - started
  // timeout(1) gives 124, or 137 where it had to kill; a runner may give these of its own accord, but sooner.
  const ended = result.exitCode === 124 || result.exitCode === 137
  const timedOut = result.timedOut || (ended && milliseconds > 0.9 * inputs.timeout)
  journal.runner = { exitCode: result.exitCode, timedOut, milliseconds }
  if (result.exitCode === null && !timedOut) throw new UserError(`The connection was lost while ${name} ran`)
  info(`${name} ended with status ${result.exitCode ?? 'none'} after ${formatDuration(milliseconds)}`)
}

/** The guest's shell text that runs the runner in its folder and ends it, with all it has started, when time is up. */
export function runnerScript(
  folder: string,
  name: string,
  { sudo, timeout }: Pick<BenchmarkInputs, 'sudo' | 'timeout'>,
): string {
  const command = ['timeout', `--kill-after=${grace}`, `${timeout / 1000}`, `./${name}`]
  return `cd ${quote([folder])} && chmod u+x ${quote([`./${name}`])} && ${replacing(command, sudo)}`
}

/**
 * A name that an artifact can hold and a log can show: what Windows forbids in names, and what makes a name a workflow
 * command, is written as in a URL.
 */
export function portable(name: string): string {
  return name.replace(
    /[":<>|*?\\]|#(?=#\[)/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
