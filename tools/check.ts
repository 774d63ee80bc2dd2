/** Types, lint, format, the bundles in dist/, and what the actions say of themselves; runs all and names what failed. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { jestCommand } from './jest.js'

const root = path.resolve(import.meta.dirname, '..')
const node = [process.execPath]

const checks: Readonly<Record<string, readonly string[]>> = {
  types: [...node, 'node_modules/typescript/bin/tsc', '--noEmit', '--project', '.'],
  'types of the page': [
    ...node,
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '--project',
    'src/bench/page/client',
  ],
  lint: [...node, 'node_modules/eslint/bin/eslint.js', '.'],
  format: [...node, 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  metadata: jestCommand(['--selectProjects', 'unit', '--testPathPatterns', 'actions/metadata']),
  bundles: [...node, '--import', 'tsx', 'tools/bundle.ts', '--check'],
}

const failed = Object.entries(checks).filter(([name, [program = '', ...args]]) => {
  const started = performance.now()
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
  console.log(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name}  ${((performance.now() - started) / 1000).toFixed(1)} s`,
  )
  return status !== 0
})
if (failed.length > 0) {
  console.log(`npm run check failed: ${failed.map(([name]) => name).join(', ')}`)
  process.exitCode = 1
}
