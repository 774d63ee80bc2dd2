import { existsSync } from 'node:fs'
import path from 'node:path'
import type { BenchmarkInputs } from '../../src/bench/inputs.js'
import { bundled } from '../../src/runtime/checkout.js'
import type { InputReader } from '../../src/runtime/inputs.js'

/** The inputs of benchmark. @throws {InputError} */
export function getInputs(inputs: InputReader): BenchmarkInputs {
  return { vm: inputs.existing('vm', 'folder'), ...getRunInputs(inputs) }
}

/** The inputs of benchmark but for the VM, which the whole pipeline boots first. @throws {InputError} */
export function getRunInputs(inputs: InputReader): Omit<BenchmarkInputs, 'vm'> {
  const resultsDirectory = folderInGuest(inputs, 'results-directory')
  const tools = inputs.lines('tools').map((line) => tool(inputs, line, resultsDirectory))
  const ours = inputs.text('runner') === 'guestos'
  return {
    runner: ours ? bundled('benchmarks/benchmark_runner.sh') : inputs.existing('runner', 'file'),
    tools: ours ? [bundled('benchmarks/tools'), ...tools] : tools,
    resultsDirectory,
    sudo: inputs.boolean('sudo'),
    timeout: runnerTime(inputs, 'timeout'),
    repeat: inputs.integer('repeat', 1, 100),
    metricsInterval: metricsInterval(inputs, 'metrics-interval'),
    metricsPushUrl: inputs.optional('metrics-push-url', (name) => httpUrl(inputs, name)),
    artifactName: inputs.matching(
      'artifact-name',
      /^[^\\/":<>|*?\r\n]+$/,
      'a name without any of \\ / " : < > | * ?',
    ),
    retentionDays: inputs.optional('retention-days', (name) => inputs.integer(name, 1, 400)),
    ifNoResults: inputs.choice('if-no-results', ['error', 'warn', 'ignore']),
    requireAccelerator: inputs.choice('require-accelerator', ['kvm', 'any']),
  }
}

function runnerTime(inputs: InputReader, name: string): number {
  const milliseconds = inputs.duration(name)
  if (milliseconds >= 1000 && milliseconds <= 24 * 3600e3) return milliseconds
  throw inputs.invalid(name, 'a duration from 1s to 24h')
}

function metricsInterval(inputs: InputReader, name: string): number {
  if (inputs.text(name) === '0') return 0
  const milliseconds = inputs.duration(name)
  if (milliseconds === 0 || (milliseconds >= 100 && milliseconds <= 3600e3)) return milliseconds
  throw inputs.invalid(name, 'a duration from 100ms to 1h, or 0 for none')
}

/** The value may hold a password: the error does not show it. */
function httpUrl(inputs: InputReader, name: string): URL {
  const value = inputs.text(name)
  if (URL.canParse(value) && /^https?:/i.test(value)) return new URL(value)
  throw inputs.invalid(name, 'an http:// or https:// URL', '(not shown)')
}

function folderInGuest(inputs: InputReader, name: string): string {
  const allowed = 'a folder within the one the runner runs in, such as results, or an absolute path'
  const folder = path.posix.normalize(inputs.required(name, allowed)).replace(/(?<=.)\/$/, '')
  if (folder === '.' || folder === '/' || folder.split('/').includes('..')) {
    throw inputs.invalid(name, allowed)
  }
  return folder
}

/** A tool that brought the results folder along would bring stale results. */
function tool(inputs: InputReader, line: string, resultsDirectory: string): string {
  const absolute = path.resolve(line)
  if (!existsSync(absolute)) throw inputs.invalid('tools', 'paths of files and folders that exist', line)
  if (path.basename(absolute) === resultsDirectory.split('/')[0]) {
    throw inputs.invalid('tools', `names other than that of results-directory, ${resultsDirectory}`, line)
  }
  return absolute
}
