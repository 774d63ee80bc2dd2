import { bundled } from '../../src/runtime/checkout.js'
import type { InputReader } from '../../src/runtime/inputs.js'
import { type BuiltInName, builtInNames } from '../../src/smoke/built-in.js'
import type { SmokeInputs } from '../../src/smoke/smoke.js'

/** The inputs of smoke-test. @throws {InputError} */
export function getInputs(inputs: InputReader): SmokeInputs {
  return {
    vm: inputs.existing('vm', 'folder'),
    expectVersion: inputs.optional('expect-version', (name) => inputs.text(name)),
    ...getTestInputs(inputs),
  }
}

/** The inputs of smoke-test but for the VM and its version, which the whole pipeline makes. @throws {InputError} */
export function getTestInputs(inputs: InputReader): Omit<SmokeInputs, 'vm' | 'expectVersion'> {
  return {
    tests: inputs.optional('tests', (name) =>
      inputs.text(name) === 'guestos' ? bundled('smoke-tests') : inputs.existing(name, 'file or folder'),
    ),
    timeout: inputs.duration('timeout'),
    retries: inputs.integer('retries', 0, 10),
    skipChecks: inputs.lines('skip-checks').map((line) => checkName(inputs, line)),
    versionCommand: inputs.required('version-command', 'shell text'),
    reports: inputs.required('reports', 'the path of a folder'),
  }
}

function checkName(inputs: InputReader, line: string): BuiltInName {
  const name = builtInNames.find((known) => known === line)
  if (name === undefined) throw inputs.invalid('skip-checks', builtInNames.join(', '), line)
  return name
}
