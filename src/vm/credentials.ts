import { writeFileSync } from 'node:fs'
import path from 'node:path'

/** A systemd system credential, by name. */
export type Credentials = Readonly<Record<string, string>>

/** The names systemd takes: no path separators, and a file name's length. Source: systemd src/shared/creds-util.c. */
export const credentialName = /^(?!\.{1,2}$)[\w.@:+-]{1,255}$/

/**
 * The SMBIOS type 11 string that hands a guest's systemd (252 or newer) a credential.
 * Source: systemd.system-credentials(7), io.systemd.credential.binary.
 */
export function smbiosString(name: string, value: string): string {
  return `io.systemd.credential.binary:${name}=${Buffer.from(value).toString('base64')}`
}

const prefix = 'credential-'

/** Whether a name in a VM's state folder is that of a credential's file. */
export function isCredentialFile(name: string): boolean {
  return name.startsWith(prefix)
}

/** Writes each credential to a file of its own, readable by this user alone, and gives the files' names. */
export function writeCredentials(folder: string, credentials: Credentials): string[] {
  return Object.entries(credentials).map(([name, value], index) => {
    const file = `${prefix}${index}`
    writeFileSync(path.join(folder, file), smbiosString(name, value), { mode: 0o600 })
    return file
  })
}
