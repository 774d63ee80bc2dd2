/**
 * Compiles src/ and actions/ once and bundles every entry with ncc into dist/. `--check` bundles elsewhere and proves
 * that dist/ is what the source gives.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { bundlePage } from './bundle-page.js'
import { run } from '../src/runtime/process.js'

const root = path.resolve(import.meta.dirname, '..')
/** Within the checkout, for ncc finds the dependencies upwards from here. */
const compiled = path.join(root, '.local/compiled')
const kept = ['index.js', 'package.json', 'licenses.txt']

interface Entry {
  /** Of the source, without its ending. */
  readonly module: string
  /** Folder under dist/. */
  readonly out: string
}

function entries(): Entry[] {
  const stages = readdirSync(path.join(root, 'actions')).flatMap((action) =>
    ['main', 'post'].map((stage) => ({ module: `actions/${action}/${stage}`, out: `${action}/${stage}` })),
  )
  const all = [
    ...stages,
    { module: 'src/vm/supervisor/main', out: 'supervisor' },
    { module: 'src/image/cache-client/main', out: 'cache-client' },
  ]
  return all.filter(({ module }) => existsSync(path.join(root, `${module}.ts`)))
}

function nccCommand({ module, out }: Entry, dist: string): string[] {
  return [
    process.execPath,
    path.join(root, 'node_modules/@vercel/ncc/dist/ncc/cli.js'),
    'build',
    path.join(compiled, `${module}.js`),
    ...['--out', path.join(dist, out)],
    ...['--target', 'es2022'],
    ...['--license', 'licenses.txt'],
    '--no-source-map-register',
  ]
}

async function bundle(dist: string): Promise<void> {
  rmSync(compiled, { recursive: true, force: true })
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  await run([process.execPath, tsc, '--project', path.join(root, 'tsconfig.bundles.json')])
  await bundlePage(path.join(dist, 'benchmark-page'))
  for (const entry of entries()) {
    const started = performance.now()
    await run(nccCommand(entry, dist), { cwd: root })
    const folder = path.join(dist, entry.out)
    for (const name of readdirSync(folder)) {
      if (!kept.includes(name)) rmSync(path.join(folder, name), { recursive: true })
    }
    const megabytes = readFileSync(path.join(folder, 'index.js')).length / 1e6
    const seconds = (performance.now() - started) / 1000
    console.log(`dist/${entry.out}/index.js  ${megabytes.toFixed(2)} MB  ${seconds.toFixed(1)} s`)
  }
}

const scratch = mkdtempSync(path.join(tmpdir(), 'bundle-'))
try {
  await bundle(scratch)
  const dist = path.join(root, 'dist')
  if (process.argv.includes('--check')) {
    const { status, stdout } = spawnSync('diff', ['--recursive', '--brief', dist, scratch], {
      encoding: 'utf8',
    })
    console.log(
      stdout +
        (status === 0 ? 'dist/ matches the source' : 'dist/ is not what the source gives: npm run bundle'),
    )
    process.exitCode = status ?? 1
  } else {
    rmSync(dist, { recursive: true, force: true })
    cpSync(scratch, dist, { recursive: true })
  }
} finally {
  rmSync(scratch, { recursive: true })
}
