/**
 * All tests: the fast ones side by side, then those that boot VMs one after another, for two emulated guests at once
 * on two cores would measure each other. Arguments go to jest.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { jestCommand } from './jest.js'

const root = path.resolve(import.meta.dirname, '..')
const reports = path.join(root, '.local/test')

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numRuntimeErrorTestSuites: number
}

function jest(name: string, options: readonly string[]): boolean {
  const output = `--outputFile=${path.join(reports, `${name}.json`)}`
  const [program = '', ...args] = jestCommand(['--json', output, ...options, ...process.argv.slice(2)])
  // The JSON goes to the file; what a person reads goes to standard error.
  const { status } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  return status === 0
}

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })
const passed = [
  jest('unit', ['--selectProjects', 'unit', 'bundles']),
  jest('vm', ['--selectProjects', 'e2e', 'faults', '--runInBand', '--verbose']),
]
const results = ['unit', 'vm'].map(
  (name) => JSON.parse(readFileSync(path.join(reports, `${name}.json`), 'utf8')) as Report,
)
const sum = (count: (report: Report) => number): number => results.map(count).reduce((a, b) => a + b)
// A suite that could not even be loaded has no tests to fail; it counts as one.
const failed = sum((report) => report.numFailedTests + report.numRuntimeErrorTestSuites)
const passedTests = sum((report) => report.numPassedTests)
const count = `${passedTests} passed, ${failed} failed, ${sum((report) => report.numPendingTests)} skipped`
writeFileSync(path.join(reports, 'count.txt'), `${count}\n`)
console.log(count)
process.exitCode = passed.every(Boolean) ? 0 : 1
