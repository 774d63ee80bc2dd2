/** What `runUpgrade` is to do. Commands are shell text that runs in the guest as root. */
export interface UpgradeInputs {
  /** The VM's state folder. */
  readonly vm: string
  /** Absolute path of what the install command is given on its standard input. */
  readonly updateImage: string
  readonly expect: 'success' | 'rollback'
  /** The version that is to run in the end; undefined for any, and after a rollback for the one before. */
  readonly expectVersion: string | undefined
  readonly installCommand: string
  /** Prints the running slot, and behind it `trial` while that one has not proved itself. */
  readonly slotCommand: string
  readonly versionCommand: string
  readonly healthCommand: string
  /** Milliseconds for all of it. */
  readonly timeout: number
}
