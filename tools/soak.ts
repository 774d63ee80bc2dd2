/**
 * `npm run test:soak [-- --minutes N]`: the counted tests at their full number, which `npm test` runs a sample of; with
 * --minutes again and again until the time is over or one has failed.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'

const root = path.resolve(import.meta.dirname, '..')

/** The tests that count, and those too long for `npm test`: each a pattern of paths, with the project it belongs to. */
const counted = [
  ['unit', 'unit/image/cache'],
  ['faults', 'faults/(store|cache|hostile-results|leaks|many)'],
  ['soak', 'soak/'],
  ['e2e', 'e2e/upgrade'],
] as const

function pass(): boolean {
  return counted.every(([project, pattern]) => {
    const { status } = spawnSync(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        ...['--selectProjects', project, '--testPathPatterns', pattern, '--testTimeout', '3600000'],
        ...['--runInBand', '--verbose'],
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, SOAK: '1' } },
    )
    return status === 0
  })
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '0' } } })
const end = performance.now() + Number(values.minutes) * 60_000
let passes = 0
let passed: boolean
do {
  passed = pass()
  passes += 1
} while (passed && performance.now() < end)
console.log(
  `${passes} ${passes === 1 ? 'pass' : 'passes'}, ${passed ? 'nothing failed' : 'the last one failed'}`,
)
process.exitCode = passed ? 0 : 1
