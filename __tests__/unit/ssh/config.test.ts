import { expect, test } from '@jest/globals'
import { sshConfig } from '../../../src/ssh/config.js'
import { masterCommand, sshCommand } from '../../../src/ssh/session.js'

const access = {
  host: '127.0.0.1',
  port: 40123,
  user: 'root',
  identityFile: '/state of 100%/id_ed25519',
  knownHostsFile: '/state/known_hosts',
  configFile: '/state/ssh_config',
} as const

const options = (config: string): Map<string, string> =>
  new Map(
    config
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [, name = '', value = ''] = /^ {2}(\S+) (.*)$/.exec(line) ?? []
        return [name, value]
      }),
  )

test('reaches the one guest under its alias', () => {
  const config = sshConfig(access, true)
  expect(config.split('\n')[0]).toBe('Host guest')
  expect(Object.fromEntries(options(config))).toMatchObject({
    HostName: '127.0.0.1',
    Port: '40123',
    User: 'root',
    HostKeyAlias: 'guest',
    BatchMode: 'yes',
  })
})

test('reads no key, agent or known host of the user', () => {
  const found = options(sshConfig(access, true))
  expect(found.get('IdentitiesOnly')).toBe('yes')
  expect(found.get('IdentityAgent')).toBe('none')
  expect(found.get('UserKnownHostsFile')).toBe('"/state/known_hosts"')
  expect(found.get('GlobalKnownHostsFile')).toBe('/dev/null')
})

test('a pinned host key is the only one taken; first use must be asked for', () => {
  expect(options(sshConfig(access, true)).get('StrictHostKeyChecking')).toBe('yes')
  expect(options(sshConfig(access, false)).get('StrictHostKeyChecking')).toBe('accept-new')
})

test('paths with spaces and per cent signs stay one word', () => {
  expect(options(sshConfig(access, true)).get('IdentityFile')).toBe('"/state of 100%%/id_ed25519"')
})

test('the command hands the shell text over as one word', () => {
  expect(sshCommand('/s/ssh_config', '/c', 'echo "a b"\nls')).toEqual([
    ...['ssh', '-F', '/s/ssh_config', '-o', 'ControlPath=/c', '-T', 'guest', '--', 'echo "a b"\nls'],
  ])
  expect(sshCommand('/s/ssh_config', undefined, 'true')).not.toContain('-o')
})

test('the master runs no command and does not outlive its process', () => {
  const command = masterCommand('/s/ssh_config', '/c')
  expect(command).toEqual(expect.arrayContaining(['ControlMaster=yes', 'ControlPersist=no', '-N']))
})
