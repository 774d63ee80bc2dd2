/** The performance suite: ours beside a reference, on this machine, now. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { describe } from '../src/runtime/action.js'
import { UserError } from '../src/runtime/errors.js'
import type { Benchmark, Row } from './benchmark.js'
import { boot } from './boot.js'
import { bootOverhead } from './boot-overhead.js'
import { collect } from './collect.js'
import { disks } from './disks.js'
import { fork } from './fork.js'
import { defaultImage } from './image.js'
import { imageBuild } from './image-build.js'
import { imageCache } from './image-cache.js'
import { metrics } from './metrics.js'
import { smoke } from './smoke.js'
import { table } from './table.js'

const benchmarks: readonly Benchmark[] = [
  boot,
  bootOverhead,
  fork,
  imageBuild,
  imageCache,
  disks,
  collect,
  metrics,
  smoke,
]

const usage = `npm run bench [-- --only NAME] [--image FILE] [--json FILE]

  --only NAME   one of these; by default all run
${benchmarks.map(({ name, about }) => `                  ${name}: ${about}`).join('\n')}
  --image FILE  a bootable image; by default the default recipe is built
  --json FILE   writes the rows there, as a JSON array`

function selected(only: string | undefined): readonly Benchmark[] {
  const found = benchmarks.filter(({ name }) => only === undefined || name === only)
  if (found.length > 0) return found
  const allowed = benchmarks.map(({ name }) => name).join(', ')
  throw new UserError(`--only: there is no benchmark ${JSON.stringify(only)}; allowed: ${allowed}`)
}

function options(): { only?: string; image?: string; json?: string; help?: boolean } {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ options: { only: text, image: text, json: text, help: { type: 'boolean' } } }).values
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

async function main(): Promise<void> {
  const { only, image, json, help } = options()
  if (help) {
    console.log(usage)
    return
  }
  const chosen = selected(only)
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  let built: Promise<string> | undefined
  const rows: Row[] = []
  try {
    for (const benchmark of chosen) {
      console.log(`${benchmark.name}: ${benchmark.about}`)
      const own = path.join(folder, benchmark.name)
      mkdirSync(own)
      const bench = {
        image: () =>
          image === undefined ? (built ??= defaultImage(folder)) : Promise.resolve(path.resolve(image)),
        folder: own,
        say: (text: string) => {
          console.log(`  ${text}`)
        },
      }
      rows.push(...(await benchmark.run(bench)))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`\n${table(rows)}`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`)
}

try {
  await main()
} catch (error) {
  console.error(describe(error))
  process.exitCode = 1
}
