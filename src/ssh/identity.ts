import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run } from '../runtime/process.js'
import { alias } from './config.js'

/** A key pair in a VM's state folder. */
export interface KeyPair {
  readonly file: string
  /** One line, `ssh-ed25519 <base64>`. */
  readonly publicKey: string
  /** The private key in OpenSSH's own format. */
  readonly privateKey: string
}

/** The command that makes a key pair without a pass phrase. Source: ssh-keygen(1). */
export function keygenCommand(file: string): string[] {
  return ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]
}

export async function createKeyPair(folder: string, name: string): Promise<KeyPair> {
  const file = path.join(folder, name)
  await run(keygenCommand(file))
  return {
    file,
    publicKey: readFileSync(`${file}.pub`, 'utf8').trim(),
    privateKey: readFileSync(file, 'utf8'),
  }
}

/** The public half of a private key that the user gave. */
export async function publicKeyOf(file: string): Promise<string> {
  const { stdout } = await run(['ssh-keygen', '-y', '-P', '', '-f', file])
  return stdout.trim()
}

/** Pins the guest's host key before the first connection. */
export function writeKnownHosts(file: string, hostKey: string | undefined): void {
  writeFileSync(file, hostKey === undefined ? '' : `${alias} ${hostKey}\n`, { mode: 0o600 })
}
