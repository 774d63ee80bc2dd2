/** Bundles every entry with ncc into dist/. `--check` bundles elsewhere and proves that dist/ is what the source gives. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run } from '../src/runtime/process.js'

const root = path.resolve(import.meta.dirname, '..')

/** Source file and folder under dist/ of every bundle. */
export function entries(): { source: string; out: string }[] {
  const actions = readdirSync(path.join(root, 'actions')).sort()
  const stages = actions.flatMap((action) =>
    ['main', 'post'].map((stage) => ({ source: `actions/${action}/${stage}.ts`, out: `${action}/${stage}` })),
  )
  const all = [...stages, { source: 'src/vm/supervisor/main.ts', out: 'supervisor' }]
  return all.filter(({ source }) => existsSync(path.join(root, source)))
}

async function bundle(dist: string): Promise<void> {
  for (const { source, out } of entries()) {
    const started = performance.now()
    const folder = path.join(dist, out)
    const ncc = path.join(root, 'node_modules/@vercel/ncc/dist/ncc/cli.js')
    await run(
      [
        process.execPath,
        ncc,
        'build',
        source,
        '--out',
        folder,
        '--target',
        'es2022',
        '--license',
        'licenses.txt',
        '--no-source-map-register',
      ],
      { cwd: root },
    )
    // The type declarations that ts-loader leaves beside the bundle serve nobody.
    for (const name of readdirSync(folder)) {
      if (!['index.js', 'package.json', 'licenses.txt'].includes(name))
        rmSync(path.join(folder, name), { recursive: true })
    }
    const bytes = readFileSync(path.join(folder, 'index.js')).length
    console.log(
      `dist/${out}/index.js  ${(bytes / 1e6).toFixed(2)} MB  ${((performance.now() - started) / 1000).toFixed(1)} s`,
    )
  }
}

const scratch = mkdtempSync(path.join(tmpdir(), 'bundle-'))
try {
  await bundle(scratch)
  const dist = path.join(root, 'dist')
  if (process.argv.includes('--check')) {
    await run(['diff', '--recursive', '--brief', dist, scratch])
    console.log('dist/ matches the source')
  } else {
    rmSync(dist, { recursive: true, force: true })
    cpSync(scratch, dist, { recursive: true })
  }
} finally {
  rmSync(scratch, { recursive: true })
}
