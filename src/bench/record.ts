import type { Better } from './formats/format.js'

/** What led to a measurement: enough to repeat it, and to tell whether two may be compared. */
export interface RunRecord {
  readonly schema: 1
  /** True when the run did not come to its end or not all it left was collected; `problems` says why. */
  readonly partial: boolean
  readonly problems: readonly string[]
  readonly run: RunProvenance
  readonly environment: Environment
  /** Seconds from the start of QEMU to the first sign of each boot stage. */
  readonly boot: Readonly<Record<string, number>>
  readonly runner: {
    readonly name: string
    /** How often it was started. */
    readonly runs: number
    /** That of the first run that did not end with 0; null when one was not seen to end. It proves nothing: the results do. */
    readonly exitCode: number | null
    readonly timedOut: boolean
    /** Of all runs together. */
    readonly seconds: number
  }
  /** What the runner measured, and `boot/<stage>`: the boot's own times. */
  readonly results: readonly Result[]
  readonly noise: Noise
  /** Where the runner said that a phase begins: a line `@phase NAME` on its standard output. */
  readonly phases: readonly Phase[]
  /** Every file of the results, and the format it was read as; null for one that is kept as it is. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly format: string | null }[]
}

/** What tells a slow machine from a slow image. */
export interface Noise {
  /** Shares from 0 to 1 of CPU time that a hypervisor kept for others while the runner ran; null when unknown. */
  readonly guestSteal: number | null
  readonly hostSteal: number | null
  /** The same work in the guest and on the host, before the runner and after it; null where it could not be done. */
  readonly canary: Readonly<Record<'guest' | 'host', Readonly<Record<'before' | 'after', Canary | null>>>>
}

/** Seconds of the canary's parts: counting in the shell, writing to memory, system calls. */
export interface Canary {
  readonly cpu: number
  readonly memory: number
  readonly syscalls: number
}

export interface Result {
  readonly name: string
  readonly metric: string
  readonly unit: string
  readonly better: Better
  /** By boot, then by iteration within the boot: iterations of one boot are not independent. */
  readonly samples: readonly (readonly number[])[]
}

export interface Phase {
  readonly name: string
  /** Seconds since the runner was first started, by the host's clock. */
  readonly start: number
}

export interface RunProvenance {
  readonly id: string | null
  /** The commit that was built; of a pull request its head, not GitHub's test merge. */
  readonly sha: string | null
  /** The commit that a pull request starts from. */
  readonly base: string | null
  readonly trigger: string | null
  readonly attempt: number | null
  /** ISO 8601, when the runner was started. */
  readonly startedAt: string
}

export interface Machine {
  readonly kernel: string
  readonly cpuModel: string
  readonly cpus: number
  /** Bytes. */
  readonly memory: number
}

export interface Environment {
  readonly imageDigest: string | null
  readonly qemu: string
  readonly accelerator: 'kvm' | 'tcg'
  readonly guest: Machine
  /** `load`: the mean of a minute, before and after. */
  readonly host: Machine & { readonly load: { readonly before: number; readonly after: number } }
}
