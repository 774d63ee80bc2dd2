import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../runtime/errors.js'
import { group, info } from '../runtime/log.js'
import { quote } from '../runtime/quote.js'
import { formatDuration } from '../runtime/units.js'
import { replacing } from '../ssh/privilege.js'
import { send } from '../ssh/transfer.js'
import type { Guest } from '../vm/guest.js'
import { canaryIn } from './canary.js'
import { Collection } from './collection.js'
import type { BenchmarkInputs } from './inputs.js'
import { type Journal, places, type Run } from './journal.js'
import { type LiveOutput, liveOutput } from './live.js'
import { guestMachine } from './machine.js'
import { startSampling } from './metrics/sampling.js'

/** Seconds between the end of the runner's time and its end by force. */
const grace = 10
/** Milliseconds that the guest gets to end the runner before its connection is cut. */
const patience = 30_000

/** The runner in the guest, `repeat` times one after the other. Everything that becomes known goes into the journal at once. */
export async function benchmarkIn(guest: Guest, inputs: BenchmarkInputs, journal: Journal): Promise<void> {
  journal.canary.before = await canaryIn(guest)
  const { machine, ticks } = await guestMachine(guest)
  journal.machine = machine
  journal.ticks = { before: ticks }
  mkdirSync(path.join(journal.folder, places.results), { mode: 0o700 })
  if (inputs.metricsInterval > 0) {
    journal.sampling = startSampling(guest, inputs.metricsInterval)
    await journal.sampling.ready
  }
  const output = liveOutput(path.join(journal.folder, places.output))
  journal.phases = output.phases
  try {
    for (let number = 1; number <= inputs.repeat; number += 1) {
      const run: Run = { folder: inputs.repeat === 1 ? '' : String(number), complete: false }
      await runIn(guest, inputs, journal, run, output)
      if (run.end?.timedOut === true) break
    }
  } finally {
    output.end()
  }
  await journal.sampling?.stop()
  journal.ticks.after = (await guestMachine(guest)).ticks
  journal.canary.after = await canaryIn(guest)
}

/** The GuestOS way: runner and tools are copied into a fresh folder, the runner runs there, its results come back. */
async function runIn(
  guest: Guest,
  inputs: BenchmarkInputs,
  journal: Journal,
  run: Run,
  output: LiveOutput,
): Promise<void> {
  const folder = await freshFolder(guest)
  try {
    await send(guest, [inputs.runner, ...inputs.tools], folder)
    const collection = new Collection(
      guest,
      path.posix.resolve(folder, inputs.resultsDirectory),
      path.join(journal.folder, places.results, run.folder),
      {
        sudo: inputs.sudo,
        rename: portable,
        // A folder of the image's own may hold results of another time.
        ...(path.posix.isAbsolute(inputs.resultsDirectory) && { newerThan: `${folder}/${marker}` }),
      },
      (received) => (run.received = received),
    )
    journal.startedAt ??= Date.now()
    journal.runs.push(run)
    output.begin(() => {
      collection.phaseBegins()
    })
    await runRunner(guest, inputs, folder, run, output).finally(() => collection.settled())
    await collection.finish()
    run.complete = true
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
  run: Run,
  output: LiveOutput,
): Promise<void> {
  const name = path.basename(inputs.runner)
  const title = inputs.repeat === 1 ? name : `${name}, run ${run.folder} of ${inputs.repeat},`
  const started = performance.now()
  const result = await group(`${title} in the guest`, () =>
    guest
      .run(runnerScript(folder, name, inputs), {
        timeout: inputs.timeout + grace * 1000 + patience,
        limit: 8192,
        onOutput: output.write,
      })
      .finally(output.flush),
  )
  const milliseconds = performance.now() - started
  // timeout(1) gives 124, or 137 where it had to kill; a runner may give these of its own accord, but sooner.
  const ended = result.exitCode === 124 || result.exitCode === 137
  const timedOut = result.timedOut || (ended && milliseconds > 0.9 * inputs.timeout)
  run.end = { exitCode: result.exitCode, timedOut, milliseconds }
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
