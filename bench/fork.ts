import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { median } from '../src/stats/sample.js'
import { saveVm } from '../src/vm/fork.js'
import { stopVm } from '../src/vm/stop.js'
import { runAction } from './action.js'
import type { Bench, Benchmark, Row } from './benchmark.js'

const rounds = 3
const machine = { memory: '1G', cpus: '2', accelerator: 'tcg', vsock: 'off' }

/** Each round boots a VM and forks it, so that a host that grows slower or faster meanwhile favours neither. */
async function measure({ image, folder, say }: Bench): Promise<readonly Row[]> {
  const disk = await image()
  const seconds = { boot: [] as number[], one: [] as number[], two: [] as number[] }
  for (let round = 1; round <= rounds; round += 1) {
    const temp = path.join(folder, String(round))
    mkdirSync(temp)
    try {
      const boot = await timed(() =>
        runAction(
          'boot',
          { ...machine, image: disk },
          { RUNNER_TEMP: temp, GITHUB_OUTPUT: '', GITHUB_STATE: '' },
        ),
      )
      const vm = path.join(temp, readdirSync(temp)[0] ?? '')
      const saving = performance.now()
      const snapshot = await saveVm(vm)
      const saved = (performance.now() - saving) / 1000
      const forks = async (count: number): Promise<number> => {
        let made: string[] = []
        const taken = await timed(async () => {
          made = await Promise.all(Array.from({ length: count }, () => snapshot.fork()))
        })
        await Promise.all(made.map(stopVm))
        return taken
      }
      const [one, two] = [await forks(1), await forks(2)]
      await snapshot.remove()
      seconds.boot.push(boot)
      seconds.one.push(one)
      seconds.two.push(two)
      const told = { boot, save: saved, 'one fork': one, 'two forks': two }
      const figures = Object.entries(told).map(([what, value]) => `${what} ${value.toFixed(2)} s`)
      say(`round ${round} of ${rounds}: ${figures.join(', ')}`)
    } finally {
      for (const name of readdirSync(temp)) await stopVm(path.join(temp, name))
    }
  }
  const reference = median(seconds.boot)
  const row = (name: string, ours: number, goal: number): Row => {
    return { name, unit: 's', ours, reference, ratio: ours / reference, goal }
  }
  return [
    row('fork: one ready', median(seconds.one), 0.1),
    row('fork: two at once', median(seconds.two), 0.15),
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

export const fork: Benchmark = {
  name: 'fork',
  about: 'forks of a saved VM until they are ready, against a boot by the boot action; emulated',
  run: measure,
}
