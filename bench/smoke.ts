import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { builtInNames } from '../src/smoke/built-in.js'
import { runSsh } from '../src/ssh/session.js'
import { readVm } from '../src/vm/state.js'
import { stopVm } from '../src/vm/stop.js'
import { runAction } from './action.js'
import type { Benchmark, Row } from './benchmark.js'

const tests = 100

/** Tests that each have a fork, and how many run at one time. */
const isolated = { tests: 8, jobs: 2 }

type Env = Readonly<Record<string, string>>

export const smoke: Benchmark = {
  name: 'smoke',
  about: `the smoke-test action: ${tests} trivial tests against as many runs of ssh, ${isolated.tests} forks against as many boots; emulated`,
  run: async ({ image, folder, say }) => {
    const disk = await image()
    const env = { GITHUB_OUTPUT: '', GITHUB_STATE: '', GITHUB_STEP_SUMMARY: '' }
    const inputs = { image: disk, accelerator: 'tcg', memory: '1G', vsock: 'off' }
    const boot = async (name: string): Promise<{ vm: string; seconds: number }> => {
      const temp = path.join(folder, name)
      mkdirSync(temp)
      const started = performance.now()
      await runAction('boot', inputs, { ...env, RUNNER_TEMP: temp })
      return { vm: onlyVmIn(temp), seconds: (performance.now() - started) / 1000 }
    }
    const stop = async (name: string): Promise<void> => {
      await stopVm(onlyVmIn(path.join(folder, name)))
    }
    const before = await boot('before')
    const rows: Row[] = []
    let forks: number
    try {
      rows.push(await sharedConnection(before.vm, folder, env, say))
      forks = await inForks(before.vm, folder, env)
    } finally {
      await stop('before')
    }
    const after = await boot('after').finally(() => stop('after'))
    // Of the boots that stand for all, one came before ours and one after it.
    const reference = (isolated.tests * (before.seconds + after.seconds)) / 2
    say(`${isolated.tests} forks ${forks.toFixed(1)} s, as many boots ${reference.toFixed(1)} s`)
    const row = { name: 'smoke-forks', unit: 's', goal: 0.2 }
    return [...rows, { ...row, ours: forks, reference, ratio: forks / reference }]
  },
}

/** Seconds that the action takes for tests which each have a fork. */
async function inForks(vm: string, folder: string, env: Env): Promise<number> {
  const file = path.join(folder, 'isolated.yml')
  writeFileSync(file, trivial(isolated.tests))
  const started = performance.now()
  await runAction(
    'smoke-test',
    { ...onlyThese(vm, folder, file), isolation: 'fork', jobs: String(isolated.jobs) },
    { ...env, RUNNER_TEMP: folder },
  )
  return (performance.now() - started) / 1000
}

function trivial(count: number): string {
  return [...Array(count).keys()].map((n) => `- { name: t${n}, run: 'true' }\n`).join('')
}

function onlyThese(vm: string, folder: string, file: string): Readonly<Record<string, string>> {
  return { vm, tests: file, 'skip-checks': builtInNames.join('\n'), reports: path.join(folder, 'reports') }
}

function onlyVmIn(folder: string): string {
  const [vm = ''] = readdirSync(folder).filter((name) => name.startsWith('vm-') && !name.includes('-fork-'))
  return path.join(folder, vm)
}

/** Half of the reference comes before ours and half after it, for a host may grow slower or faster meanwhile. */
async function sharedConnection(
  vm: string,
  folder: string,
  env: Env,
  say: (text: string) => void,
): Promise<Row> {
  const file = path.join(folder, 'trivial.yml')
  writeFileSync(file, trivial(tests))
  const half = async (): Promise<number> => {
    const { configFile } = readVm(vm).ssh
    const started = performance.now()
    for (let n = 0; n < tests / 2; n += 1) {
      const { exitCode, stderr } = await runSsh(configFile, 'true')
      if (exitCode !== 0) throw new Error(`ssh failed: ${stderr}`)
    }
    return (performance.now() - started) / 1000
  }
  const before = await half()
  const started = performance.now()
  await runAction('smoke-test', onlyThese(vm, folder, file), { ...env, RUNNER_TEMP: folder })
  const ours = (performance.now() - started) / 1000
  const reference = before + (await half())
  say(`${tests} tests ${ours.toFixed(2)} s, ${tests} runs of ssh ${reference.toFixed(2)} s`)
  return { name: 'smoke-shared', unit: 's', ours, reference, ratio: ours / reference, goal: 0.08 }
}
