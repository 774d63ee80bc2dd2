import { readFileSync } from 'node:fs'
import { UserError } from '../runtime/errors.js'
import { CommandError, run } from '../runtime/process.js'

/**
 * mmdebstrap's own way into a user namespace, which takes all that a build needs: the kernel's leave, AppArmor's, subordinate
 * ids and newuidmap. Source: mmdebstrap(1), --unshare-helper.
 */
export const probeCommand = ['mmdebstrap', '--unshare-helper', 'true']

/**
 * Proves that an ordinary user can build a base layer on this host.
 * @throws {UserError} that says how to allow it
 */
export async function requireNamespaces(): Promise<void> {
  if (process.getuid?.() === 0) return
  try {
    await run(probeCommand)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const user = await userName()
    throw new UserError(namespaceAdvice(user, readHost, error.stderr.trim()))
  }
}

async function userName(): Promise<string> {
  try {
    return (await run(['id', '--user', '--name'])).stdout.trim()
  } catch {
    return String(process.getuid?.())
  }
}

function readHost(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** What keeps `user` from having a user namespace, and what an administrator can do about it. */
export function namespaceAdvice(user: string, read: (file: string) => string, complaint: string): string {
  const uid = String(process.getuid?.())
  const hasIds = (file: string): boolean =>
    read(file)
      .split('\n')
      .some((line) => [user, uid].includes(line.split(':')[0] ?? ''))
  const is = (file: string, value: string): boolean => read(file).trim() === value
  const advice = [
    ...(is('/proc/sys/user/max_user_namespaces', '0')
      ? ['user.max_user_namespaces is 0. Allow some: sudo sysctl user.max_user_namespaces=15000']
      : []),
    ...(is('/proc/sys/kernel/unprivileged_userns_clone', '0')
      ? ['kernel.unprivileged_userns_clone is 0. Allow them: sudo sysctl kernel.unprivileged_userns_clone=1']
      : []),
    ...(is('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1')
      ? [
          'AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1). Allow them to mmdebstrap ' +
            'with a profile (/etc/apparmor.d/mmdebstrap with the rule userns,), or to all: ' +
            'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0',
        ]
      : []),
    ...(hasIds('/etc/subuid') && hasIds('/etc/subgid')
      ? []
      : [
          `${user} has no subordinate ids in /etc/subuid and /etc/subgid. Give some: ` +
            `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}`,
        ]),
  ]
  return [
    `${user} cannot have a user namespace on this host, which a build without root needs:`,
    ...(advice.length > 0 ? advice : ['newuidmap may be missing: sudo apt-get install uidmap']).map(
      (line) => `- ${line}`,
    ),
    'A setting by sysctl lasts when it stands in a file in /etc/sysctl.d. Or build as root.',
    ...(complaint === '' ? [] : [`mmdebstrap says: ${complaint}`]),
  ].join('\n')
}
