import { describe, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { namespaceAdvice, probeCommand } from '../../../src/image/namespaces.js'

/** A host on which nothing is forbidden. */
const open: Readonly<Record<string, string>> = {
  '/proc/sys/user/max_user_namespaces': '96365\n',
  '/etc/subuid': 'someone:100000:65536\nrunner:165536:65536\n',
  '/etc/subgid': 'runner:165536:65536\n',
}

function advice(change: Readonly<Record<string, string>>): string {
  const files: Readonly<Record<string, string | undefined>> = { ...open, ...change }
  return namespaceAdvice('runner', (file) => files[file] ?? '', '')
}

describe('a host that keeps an ordinary user from building says how to allow it', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'AppArmor',
      { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' },
      'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    [
      'no namespaces at all',
      { '/proc/sys/user/max_user_namespaces': '0\n' },
      'sudo sysctl user.max_user_namespaces=15000',
    ],
    [
      'none for ordinary users',
      { '/proc/sys/kernel/unprivileged_userns_clone': '0\n' },
      'sudo sysctl kernel.unprivileged_userns_clone=1',
    ],
    [
      'no subordinate ids',
      { '/etc/subuid': 'someone:100000:65536\n' },
      'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 runner',
    ],
    ['no newuidmap', {}, 'sudo apt-get install uidmap'],
  ])('%s', (_what, change, command) => {
    const lines = advice(change).split('\n- ')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain(command)
  })
})

test('mmdebstrap itself tells whether it can have a namespace', () => {
  const [program = '', ...args] = probeCommand
  const asNobody = { uid: 54_321, gid: 54_321 }
  // A user of no name has no subordinate ids anywhere.
  const { status } = spawnSync(program, args, process.getuid?.() === 0 ? asNobody : {})
  if (process.getuid?.() === 0) expect(status).not.toBe(0)
  expect(spawnSync(program, ['--unshare-helper', 'false']).error).toBeUndefined()
})
