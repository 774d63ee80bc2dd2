import type { BenchmarkInputs } from '../../src/bench/inputs.js'
import type { BuildInputs } from '../../src/image/build.js'
import type { InputReader } from '../../src/runtime/inputs.js'
import type { SmokeInputs } from '../../src/smoke/smoke.js'
import type { BootOptions } from '../../src/vm/boot.js'
import { getRunInputs } from '../benchmark/inputs.js'
import { getMachineInputs } from '../boot/inputs.js'
import { getInputs as getBuildInputs } from '../build/inputs.js'
import { getDeclared, getTestInputs } from '../smoke-test/inputs.js'
import { getCommandInputs } from '../upgrade/inputs.js'

/** What each step needs, but for what the step before it gives. */
export interface PipelineInputs {
  readonly build: BuildInputs
  readonly boot: Omit<BootOptions, 'image' | 'imageDigest'>
  /** The rules for the console are those of the boot. */
  readonly smokeTest: Omit<SmokeInputs, 'vm' | 'failOnConsole'>
  /** Undefined when there is to be no upgrade. */
  readonly upgrade: ReturnType<typeof getCommandInputs> | undefined
  /** Undefined when there is no runner. */
  readonly benchmark: Omit<BenchmarkInputs, 'vm'> | undefined
}

/** The inputs of all steps, checked before the first one begins. @throws {InputError} */
export function getInputs(inputs: InputReader): PipelineInputs {
  const build = getBuildInputs(inputs)
  const benchmark = getBenchmarkInputs(inputs.renamed({ timeout: 'benchmark-timeout' }))
  return {
    build,
    boot: getMachineInputs(inputs.renamed({ timeout: 'boot-timeout' })),
    smokeTest: {
      ...getTestInputs(inputs.renamed({ timeout: 'test-timeout' })),
      declared: { version: undefined, ...getDeclared(inputs) },
    },
    upgrade: getUpgradeInputs(inputs.renamed({ timeout: 'upgrade-timeout' }), build),
    benchmark,
  }
}

function getUpgradeInputs(
  inputs: InputReader,
  { updateImage, external }: BuildInputs,
): PipelineInputs['upgrade'] {
  const commands = getCommandInputs(inputs)
  if (!inputs.boolean('upgrade')) return undefined
  if (!updateImage || external !== undefined) {
    throw inputs.invalid('upgrade', 'false where no update image is made')
  }
  return commands
}

function getBenchmarkInputs(inputs: InputReader): PipelineInputs['benchmark'] {
  return inputs.optional('runner', () => getRunInputs(inputs))
}
