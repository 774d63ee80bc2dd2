import { availableParallelism } from 'node:os'
import path from 'node:path'
import { bundled } from '../../src/runtime/checkout.js'
import type { InputReader } from '../../src/runtime/inputs.js'
import { type BuiltInName, builtInNames } from '../../src/smoke/built-in.js'
import type { Shard } from '../../src/smoke/shard.js'
import type { SmokeInputs } from '../../src/smoke/smoke.js'
import { isolations } from '../../src/smoke/test.js'

/** The inputs of smoke-test. @throws {InputError} */
export function getInputs(inputs: InputReader): SmokeInputs {
  return {
    vm: inputs.existing('vm', 'folder'),
    declared: {
      version: inputs.optional('expect-version', (name) => inputs.text(name)),
      ...getDeclared(inputs),
    },
    failOnConsole: inputs.patterns('fail-on-console').map((pattern) => new RegExp(pattern)),
    ...getTestInputs(inputs),
  }
}

type TestInputs = Omit<SmokeInputs, 'vm' | 'declared' | 'failOnConsole'>

/** The inputs of smoke-test but for the VM and what is said of it and its console. @throws {InputError} */
export function getTestInputs(inputs: InputReader): TestInputs {
  return {
    tests: inputs.optional('tests', (name) =>
      inputs.text(name) === 'guestos' ? bundled('smoke-tests') : inputs.existing(name, 'file or folder'),
    ),
    isolation: inputs.choice('isolation', isolations),
    jobs: inputs.text('jobs') === 'auto' ? availableParallelism() : inputs.integer('jobs', 1, 64),
    tags: inputs.lines('tags'),
    shard: inputs.optional('shard', (name) => shardIn(inputs, name)),
    durations: inputs.optional('durations', (name) => path.resolve(inputs.text(name))),
    timeout: inputs.duration('timeout'),
    retries: inputs.integer('retries', 0, 10),
    skipChecks: inputs.lines('skip-checks').map((line) => checkName(inputs, line)),
    versionCommand: inputs.required('version-command', 'shell text'),
    reports: inputs.required('reports', 'the path of a folder'),
  }
}

/** What is declared of the image, but for its version. @throws {InputError} */
export function getDeclared(inputs: InputReader): Omit<SmokeInputs['declared'], 'version'> {
  return {
    partitions: inputs.optional('expect-partitions', (name) => inputs.lines(name)),
    services: inputs.optional('expect-services', (name) => inputs.lines(name)),
    ports: inputs.optional('expect-ports', (name) => inputs.lines(name).map((line) => port(inputs, line))),
  }
}

function shardIn(inputs: InputReader, name: string): Shard {
  const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(inputs.text(name)) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.index <= shard.count) return shard
  throw inputs.invalid(name, 'i/n with i from 1 to n, such as 2/5')
}

function port(inputs: InputReader, line: string): number {
  const number = /^\d{1,5}$/.test(line) ? Number(line) : 0
  if (number < 1 || number > 65_535) throw inputs.invalid('expect-ports', 'TCP ports, one a line', line)
  return number
}

function checkName(inputs: InputReader, line: string): BuiltInName {
  const name = builtInNames.find((known) => known === line)
  if (name === undefined) throw inputs.invalid('skip-checks', builtInNames.join(', '), line)
  return name
}
