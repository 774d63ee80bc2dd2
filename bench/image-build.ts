import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { getInputs } from '../actions/build/inputs.js'
import { build } from '../src/image/build.js'
import { InputReader } from '../src/runtime/inputs.js'
import { actionDefaults } from '../tools/action-defaults.js'
import type { Bench, Benchmark, Row } from './benchmark.js'
import { findMkosi, prepareMkosi } from './mkosi.js'
import { median } from '../src/stats/sample.js'

const rounds = 3

async function measure({ folder, say }: Bench): Promise<readonly Row[]> {
  const ours = prepareOurs(folder)
  const mkosi = await findMkosi()
  if (mkosi === undefined) say('mkosi 20 or newer is not installed: no comparison with its incremental build')
  const reference =
    mkosi === undefined
      ? undefined
      : await prepareMkosi(mkosi, path.join(folder, 'mkosi')).catch((error: unknown) => {
          say(`mkosi cannot build here: ${String(error)}`)
          return undefined
        })
  const times = { clean: [] as number[], changed: [] as number[], same: [] as number[] }
  const incremental: number[] = []
  const take = async (into: number[], what: string, work: () => Promise<number>): Promise<void> => {
    into.push(await work())
    say(`${what}: ${into.at(-1)?.toFixed(2) ?? ''} s`)
  }
  for (let round = 0; round < rounds; round += 1) {
    await take(times.clean, 'clean build', () => ours.clean())
    await take(times.changed, 'one binary changed', () => ours.changed(round))
    await take(times.same, 'nothing changed', () => ours.same())
    if (reference) await take(incremental, 'mkosi incremental', () => reference.changed(round))
  }
  const clean = median(times.clean)
  const row = (what: string, values: readonly number[], against: number, goal: number): Row => {
    const own = median(values)
    return { name: `build: ${what}`, unit: 's', ours: own, reference: against, ratio: own / against, goal }
  }
  return [
    row('one binary changed / clean', times.changed, clean, 0.05),
    row('nothing changed / clean', times.same, clean, 0.02),
    ...(incremental.length === 0
      ? []
      : [row('one binary changed / mkosi incremental', times.changed, median(incremental), 0.2)]),
  ]
}

interface Ours {
  readonly clean: () => Promise<number>
  readonly changed: (round: number) => Promise<number>
  readonly same: () => Promise<number>
}

/** The default recipe with the defaults of the build action and a local cache. Figures are seconds. */
function prepareOurs(folder: string): Ours {
  const program = path.join(folder, 'orchestrator')
  const store = path.join(folder, 'store')
  const write = (text: string): void => {
    writeFileSync(program, `#!/bin/sh\n# ${text.padEnd(10_000_000, '.')}\n`, { mode: 0o755 })
  }
  write('first')
  const once = async (expected: string): Promise<number> => {
    const given: Readonly<Record<string, string | undefined>> = {
      ...actionDefaults('build'),
      ...{ version: 'bench', binaries: `orchestrator=${program}` },
      ...{ 'local-cache': store, output: path.join(folder, 'output') },
    }
    const started = performance.now()
    const { cacheHit } = await build(getInputs(new InputReader((name) => given[name] ?? '')))
    if (cacheHit !== expected) throw new Error(`hit ${cacheHit} where ${expected} was to be measured`)
    return (performance.now() - started) / 1000
  }
  return {
    clean: () => {
      rmSync(store, { recursive: true, force: true })
      mkdirSync(store)
      return once('false')
    },
    changed: (round) => {
      write(`round ${round}`)
      return once('false')
    },
    same: () => once('local'),
  }
}

export const imageBuild: Benchmark = {
  name: 'build',
  about: 'one binary changed, and nothing, against the clean build and mkosi where it is installed',
  run: measure,
}
