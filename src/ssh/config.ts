/** The name by which the configuration knows the guest: `ssh -F ssh_config guest`. */
export const alias = 'guest'

/** How to reach the guest over SSH; everything a client needs lies in the VM's own state folder. */
export interface SshAccess {
  readonly host: '127.0.0.1'
  /** The port that QEMU bound on the host; null until it has. */
  readonly port: number | null
  readonly user: string
  readonly identityFile: string
  readonly knownHostsFile: string
  readonly configFile: string
}

/**
 * An OpenSSH client configuration for one guest. It reads and writes nothing under ~/.ssh.
 * The key exchange is one that costs an emulated guest a fifth less of a connection than OpenSSH's first choice, which
 * guards against quantum computers: here nobody is between the two.
 * A connection through which nothing comes back for a minute is given up; an emulated guest under load can be silent
 * for tens of seconds. Source: ssh_config(5).
 */
export function sshConfig(access: SshAccess & { readonly port: number }, pinned: boolean): string {
  const options: [string, string | number][] = [
    ['HostName', access.host],
    ['Port', access.port],
    ['User', access.user],
    ['IdentityFile', quoted(access.identityFile)],
    ['IdentitiesOnly', 'yes'],
    ['IdentityAgent', 'none'],
    ['PreferredAuthentications', 'publickey'],
    ['KexAlgorithms', '^curve25519-sha256'],
    ['HostKeyAlias', alias],
    ['UserKnownHostsFile', quoted(access.knownHostsFile)],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['StrictHostKeyChecking', pinned ? 'yes' : 'accept-new'],
    ['UpdateHostKeys', 'no'],
    ['BatchMode', 'yes'],
    ['ConnectTimeout', 60],
    ['ServerAliveInterval', 10],
    ['ServerAliveCountMax', 6],
    ['ForwardAgent', 'no'],
    ['LogLevel', 'ERROR'],
  ]
  return [`Host ${alias}`, ...options.map(([name, value]) => `  ${name} ${value}`), ''].join('\n')
}

/** Within double quotes OpenSSH takes spaces; a literal % must be doubled, for it expands tokens. */
function quoted(file: string): string {
  return `"${file.replaceAll('%', '%%')}"`
}
