import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { builtInNames } from '../src/smoke/built-in.js'
import { runSsh } from '../src/ssh/session.js'
import { readVm } from '../src/vm/state.js'
import { stopVm } from '../src/vm/stop.js'
import { runAction } from './action.js'
import type { Benchmark, Row } from './benchmark.js'

const tests = 100

export const smoke: Benchmark = {
  name: 'smoke',
  about: `the smoke-test action with ${tests} trivial tests, against as many runs of ssh; emulated`,
  run: async ({ image, folder, say }) => {
    const env = { RUNNER_TEMP: folder, GITHUB_OUTPUT: '', GITHUB_STATE: '', GITHUB_STEP_SUMMARY: '' }
    try {
      await runAction('boot', { image: await image(), accelerator: 'tcg', memory: '1G', vsock: 'off' }, env)
      return [await sharedConnection(onlyVmIn(folder), folder, env, say)]
    } finally {
      for (const name of readdirSync(folder)) await stopVm(path.join(folder, name))
    }
  },
}

function onlyVmIn(folder: string): string {
  const [vm = ''] = readdirSync(folder).filter((name) => name.startsWith('vm-'))
  return path.join(folder, vm)
}

/** Half of the reference comes before ours and half after it, for a host may grow slower or faster meanwhile. */
async function sharedConnection(
  vm: string,
  folder: string,
  env: Readonly<Record<string, string>>,
  say: (text: string) => void,
): Promise<Row> {
  const file = path.join(folder, 'trivial.yml')
  writeFileSync(file, [...Array(tests).keys()].map((n) => `- { name: t${n}, run: 'true' }\n`).join(''))
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
  const reports = path.join(folder, 'reports')
  await runAction('smoke-test', { vm, tests: file, 'skip-checks': builtInNames.join('\n'), reports }, env)
  const ours = (performance.now() - started) / 1000
  const reference = before + (await half())
  say(`${tests} tests ${ours.toFixed(2)} s, ${tests} runs of ssh ${reference.toFixed(2)} s`)
  return { name: 'smoke-shared', unit: 's', ours, reference, ratio: ours / reference, goal: 0.08 }
}
