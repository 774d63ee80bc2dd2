import type { ConsoleRules } from './console-rules.js'
import type { Machine } from './machine.js'

/** What the supervisor is to run; boot writes it to plan.json in the state folder. Times are milliseconds. */
export interface Plan {
  readonly name: string
  readonly image: { readonly path: string; readonly digest: string | null }
  readonly qemuVersion: string
  readonly machine: Machine
  /** Take another vsock CID when the one in `machine` is taken. */
  readonly anyVsockCid: boolean
  readonly ssh: {
    readonly user: string
    readonly identityFile: string
    readonly knownHostsFile: string
    /** The host key is known before the first connection. */
    readonly pinned: boolean
  }
  readonly bootTimeout: number
  readonly maxLifetime: number
  /** Bytes. */
  readonly consoleLimit: number
  readonly consoleRules: ConsoleRules
  /** The command that boots the same by hand. */
  readonly rerun: readonly string[]
  /** Of a fork: the state folder of its original, with which it ends, and the file with its devices' state. */
  readonly fork?: { readonly of: string; readonly deviceState: string }
}
