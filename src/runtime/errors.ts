/** The kinds of failure a VM or its host can have; the same words in errors, reports, vm.json and tests. */
export const failureClasses = [
  'firmware',
  'bootloader',
  'kernel-panic',
  'emergency-mode',
  'boot-loop',
  'boot-timeout',
  'ssh-timeout',
  'ssh-auth',
  'host-key',
  'qemu-exit',
  'qemu-frozen',
  'guest-oom',
  'unit-failed',
  'console',
  'acceleration',
  'port',
  'disk-full',
  'memory-full',
  'image-corrupt',
  'update-refused',
  'rolled-back',
  'missing-tool',
  'lifetime',
] as const

export type FailureClass = (typeof failureClasses)[number]

/** A failure as it is written to vm.json and to reports. `evidence` is raw guest text: print it only through `inert`. */
export interface FailureReport {
  readonly class: FailureClass
  readonly message: string
  /** The boot stage that was reached, where the VM got that far. */
  readonly stage?: string
  /** The telling line first, then the last of the console. */
  readonly evidence: readonly string[]
  /** What the user can try. */
  readonly advice?: string
}

/** A failure of the VM or of the host beneath it, by class. */
export class Failure extends Error implements FailureReport {
  override readonly name = 'Failure'
  readonly class: FailureClass
  readonly stage?: string
  readonly evidence: readonly string[]
  readonly advice?: string

  constructor(report: Omit<FailureReport, 'evidence'> & { readonly evidence?: readonly string[] }) {
    super(report.message)
    this.class = report.class
    this.evidence = report.evidence ?? []
    if (report.stage !== undefined) this.stage = report.stage
    if (report.advice !== undefined) this.advice = report.advice
  }

  toReport(): FailureReport {
    const { message, stage, evidence, advice } = this
    return {
      class: this.class,
      message,
      ...(stage !== undefined && { stage }),
      evidence,
      ...(advice !== undefined && { advice }),
    }
  }
}

/** A wrong input: says which, what was given and what is allowed. Raised before anything is started. */
export class InputError extends Error {
  override readonly name = 'InputError'

  constructor(
    readonly input: string,
    readonly value: string,
    readonly allowed: string,
  ) {
    super(`Input ${input}: ${JSON.stringify(value)} is not valid; allowed: ${allowed}`)
  }
}

/** Any other problem whose message says all a user needs; shown without a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
