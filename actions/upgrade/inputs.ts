import type { InputReader } from '../../src/runtime/inputs.js'
import type { UpgradeInputs } from '../../src/upgrade/inputs.js'

/** Milliseconds; with less no guest comes up again. */
const shortest = 10_000

/** The inputs of upgrade. @throws {InputError} */
export function getInputs(inputs: InputReader): UpgradeInputs {
  return {
    vm: inputs.existing('vm', 'folder'),
    updateImage: inputs.existing('update-image', 'file'),
    expect: inputs.choice('expect', ['success', 'rollback']),
    expectVersion: inputs.optional('expect-version', (name) => inputs.text(name)),
    ...getCommandInputs(inputs),
  }
}

/** The inputs of upgrade but for what the whole pipeline makes. @throws {InputError} */
export function getCommandInputs(
  inputs: InputReader,
): Omit<UpgradeInputs, 'vm' | 'updateImage' | 'expect' | 'expectVersion'> {
  return {
    installCommand: inputs.required('install-command', 'shell text'),
    slotCommand: inputs.required('slot-command', 'shell text'),
    versionCommand: inputs.required('version-command', 'shell text'),
    healthCommand: inputs.required('health-command', 'shell text'),
    timeout: inputs.duration('timeout', shortest),
  }
}
