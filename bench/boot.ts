import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { runSsh, Session } from '../src/ssh/session.js'
import { median } from '../src/stats/sample.js'
import { readVm } from '../src/vm/state.js'
import { stopVm } from '../src/vm/stop.js'
import { runAction } from './action.js'
import { prepareBareVm } from './bare-boot.js'
import type { Benchmark, Row } from './benchmark.js'

const machine = { memory: 2 ** 30, cpus: 2 }
const rounds = 3

/** Milliseconds between the attempts of the references: a tight loop, and that of little-vm-helper and most others. */
const polls = { tight: 100, usual: 1000 }

/** What one boot by the action gave, in seconds. */
interface OurBoot {
  /** From the action's start to its end. */
  readonly step: number
  /** From the moment sshd listened, by the guest's own clock, to the step's end. */
  readonly afterListening: number
  /** One later connection to the same guest, a command with it. */
  readonly handshake: number
}

export const boot: Benchmark = {
  name: 'boot',
  about: 'the boot step against bare QEMU with ssh in a loop, and against one SSH handshake; emulated',
  run: async ({ image, folder, say }) => {
    const disk = await image()
    let boots = 0
    const fresh = (): string => {
      const made = path.join(folder, String(++boots))
      mkdirSync(made)
      return made
    }
    const bare = async (pollInterval: number): Promise<number> => {
      const vm = await prepareBareVm(disk, fresh(), machine)
      try {
        return await vm.boot(pollInterval)
      } finally {
        await vm.stop()
      }
    }

    const ours: OurBoot[] = []
    const references = { tight: [] as number[], usual: [] as number[] }
    for (let round = 1; round <= rounds; round += 1) {
      const sides = [
        async () => ours.push(await ourBoot(disk, fresh())),
        async () => references.tight.push(await bare(polls.tight)),
        async () => references.usual.push(await bare(polls.usual)),
      ]
      for (const side of round % 2 === 1 ? sides : sides.toReversed()) await side()
      const [step, tight, usual] = [ours.at(-1)?.step, references.tight.at(-1), references.usual.at(-1)]
      say(
        `round ${round} of ${rounds}: ours ${shown(step)}, ssh each 0.1 s ${shown(tight)}, each 1 s ${shown(usual)}`,
      )
    }
    const step = median(ours.map((one) => one.step))
    return [
      row('boot', step, median(references.tight), 1.03),
      row('boot-usual-loop', step, median(references.usual), 1),
      row(
        'boot-after-sshd',
        median(ours.map((one) => one.afterListening)),
        median(ours.map((one) => one.handshake)),
        1.5,
      ),
    ]
  },
}

const shown = (seconds: number | undefined): string => `${seconds?.toFixed(2) ?? '?'} s`

function row(name: string, ours: number, reference: number, goal: number): Row {
  return { name, unit: 's', ours, reference, ratio: ours / reference, goal }
}

async function ourBoot(image: string, temp: string): Promise<OurBoot> {
  const inputs = {
    image,
    accelerator: 'tcg',
    memory: String(machine.memory),
    cpus: String(machine.cpus),
    vsock: 'off',
  }
  const started = performance.now()
  try {
    await runAction('boot', inputs, { RUNNER_TEMP: temp, GITHUB_OUTPUT: '', GITHUB_STATE: '' })
    const ended = performance.now()
    const [name = ''] = readdirSync(temp)
    const { configFile } = readVm(path.join(temp, name)).ssh
    return {
      step: (ended - started) / 1000,
      afterListening: await sinceListening(configFile, ended),
      handshake: await handshake(configFile),
    }
  } finally {
    for (const name of readdirSync(temp)) await stopVm(path.join(temp, name))
  }
}

/**
 * Seconds from the guest's sshd listening to the moment `ended` of ours. The journal has the time at which sshd said
 * so; over a connection that stands, the guest's clock is read in a tenth of a second.
 */
async function sinceListening(configFile: string, ended: number): Promise<number> {
  const session = await Session.open(configFile)
  try {
    const journal = await session.run(
      'journalctl --unit ssh --output json --output-fields _SOURCE_REALTIME_TIMESTAMP,MESSAGE',
    )
    const entries = journal.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>)
    const listening = entries.find(({ MESSAGE = '' }) => MESSAGE.startsWith('Server listening on'))
    const before = performance.now()
    const clock = await session.run('date +%s.%N')
    const after = performance.now()
    const guestAtEnd = Number(clock.stdout) - ((before + after) / 2 - ended) / 1000
    return guestAtEnd - Number(listening?._SOURCE_REALTIME_TIMESTAMP) / 1e6
  } finally {
    await session.close()
  }
}

async function handshake(configFile: string): Promise<number> {
  const seconds: number[] = []
  for (let tries = 0; tries < 3; tries += 1) {
    const { milliseconds } = await runSsh(configFile, 'true')
    seconds.push(milliseconds / 1000)
  }
  return median(seconds)
}
