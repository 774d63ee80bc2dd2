import { Failure, type FailureReport, UserError } from '../runtime/errors.js'
import type { UpgradeInputs } from './inputs.js'
import type { Installation } from './install.js'
import type { System } from './system.js'

/** How an upgrade went, as far as it went. */
export interface Course {
  readonly before: System
  readonly installation: Installation
  /** The same as `before` where the guest was not restarted. */
  readonly after: System
  /** What the console or QEMU told of the start that led to `after`, though it runs. */
  readonly trouble: FailureReport | undefined
  /** The last that the console showed of a start that came to nothing. Raw guest text. */
  readonly lastWords: readonly string[]
}

/** True when the install command refused the update: then there is nothing to restart for. */
export function isRefused({ exitCode }: Installation): boolean {
  return exitCode !== null && exitCode !== 0
}

/** Why an upgrade is not what was expected, if it is not. */
export function judge(
  { expect, expectVersion }: Pick<UpgradeInputs, 'expect' | 'expectVersion'>,
  { before, installation, after, trouble, lastWords }: Course,
): Error | undefined {
  const changed = after.slot !== before.slot
  if (expect === 'success' && isRefused(installation)) return refused(installation)
  if (expect === 'success' && !changed) {
    return new Failure({
      class: 'rolled-back',
      message: `the machine came up in its old slot ${before.slot} again`,
      advice: 'The last of the console before it gave the new slot up says why.',
      evidence: lastWords,
    })
  }
  if (expect === 'rollback' && changed) {
    return new UserError(
      `The update was to be rolled back, but slot ${after.slot} came up well with version ${after.version}`,
    )
  }
  if (trouble !== undefined) return new Failure(trouble)
  const version = expectVersion ?? (expect === 'rollback' ? before.version : undefined)
  if (version !== undefined && after.version !== version) {
    return new UserError(`Version ${after.version} runs in slot ${after.slot}, and not ${version}`)
  }
  if (after.machineId !== before.machineId) {
    return new UserError(
      `The machine-id was ${before.machineId} before and is now ${after.machineId}: what is to outlive an upgrade has not`,
    )
  }
  return undefined
}

function refused({ exitCode, said }: Installation): Failure {
  return new Failure({
    class: 'update-refused',
    message: `install-command ended with status ${exitCode ?? 'none'}: ${said.split('\n').at(-1) ?? ''}`,
    evidence: said.split('\n'),
  })
}
