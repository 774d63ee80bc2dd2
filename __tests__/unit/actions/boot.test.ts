import { expect, test } from '@jest/globals'
import path from 'node:path'
import { getInputs } from '../../../actions/boot/inputs.js'
import { InputError } from '../../../src/runtime/errors.js'
import { inputsOf } from '../../fixtures/action-inputs.js'

const image = 'package.json'
const inputs = (given: Readonly<Record<string, string>> = {}) =>
  getInputs(inputsOf('boot', { image, ...given }))

test('an image is all it needs', () => {
  expect(inputs()).toMatchObject({
    image: path.resolve(image),
    imageDigest: undefined,
    memory: 4 * 2 ** 30,
    cpus: 2,
    accelerator: 'auto',
    firmware: 'auto',
    sshUser: 'root',
    sshPort: 'auto',
    sshKey: undefined,
    hostKey: 'pin',
    vsock: 'auto',
    credentials: {},
    forward: [],
    network: 'restricted',
    diskSize: undefined,
    timeout: undefined,
    maxLifetime: 6 * 3600_000,
    consoleLimit: 64 * 2 ** 20,
    extraArgs: [],
    name: undefined,
    count: 1,
    configMedia: undefined,
    consoleRules: { fail: [], allow: [] },
  })
})

test('what is given is read', () => {
  const digest = `sha256:${'0a'.repeat(32)}`
  expect(
    inputs({
      'image-digest': digest,
      'ssh-port': '2222',
      'ssh-key': image,
      vsock: '42',
      credentials: 'a=b=c\n\nempty=',
      forward: '8080:80\n0:9090',
      'disk-size': '20G',
      timeout: '90s',
      'extra-args': '-device\nfoo,bar=a b',
      name: 'node',
      'config-media': 'src',
      'fail-on-console': 'replica: fatal\n# a comment\n^oops \\d',
      'allow-on-console': 'known trouble',
    }),
  ).toMatchObject({
    imageDigest: digest,
    sshPort: 2222,
    sshKey: path.resolve(image),
    vsock: 42,
    credentials: { a: 'b=c', empty: '' },
    forward: [
      { host: 8080, guest: 80 },
      { host: 0, guest: 9090 },
    ],
    diskSize: 20 * 2 ** 30,
    timeout: 90_000,
    extraArgs: ['-device', 'foo,bar=a b'],
    name: 'node',
    configMedia: path.resolve('src'),
    consoleRules: { fail: ['replica: fatal', '^oops \\d'], allow: ['known trouble'] },
  })
})

test.each([
  ['image', '', 'the path of a file'],
  ['image', 'no-such.img', 'the path of a file that exists'],
  ['image', 'src', 'not of a folder'],
  ['image-digest', 'sha256:abc', 'sha256: and 64 hexadecimal digits'],
  ['image-digest', `md5:${'0'.repeat(64)}`, 'sha256: and 64'],
  ['memory', 'lots', 'a size such as 512MiB'],
  ['memory', '1M', 'at least 16 MiB'],
  ['memory', '', 'a size such as 512MiB'],
  ['cpus', '0', 'a whole number from 1 to 255'],
  ['cpus', '2.5', 'a whole number from 1 to 255'],
  ['accelerator', 'hvf', 'auto, kvm, tcg'],
  ['firmware', '', 'auto, bios, or the path of a UEFI file'],
  ['ssh-user', 'Root!', 'the name of a user in the guest'],
  ['ssh-user', '-oProxyCommand=x', 'the name of a user in the guest'],
  ['ssh-port', '0', 'auto or a port from 1 to 65535'],
  ['ssh-port', '65536', 'auto or a port from 1 to 65535'],
  ['ssh-port', 'any', 'auto or a port from 1 to 65535'],
  ['ssh-key', 'no-such-key', 'the path of a file that exists'],
  ['host-key', 'off', 'pin, first-use'],
  ['vsock', '2', 'auto, off, or a CID from 3 to 4294967294'],
  ['vsock', 'on', 'auto, off, or a CID from 3'],
  ['forward', '80', 'lines of host:guest'],
  ['forward', '80:0', 'lines of host:guest'],
  ['forward', '70000:80', 'lines of host:guest'],
  ['network', 'none', 'open, restricted'],
  ['disk-size', 'big', 'a size such as'],
  ['timeout', '180', 'a duration such as 90s'],
  ['timeout', '0s', 'at least 1.0 s'],
  ['max-lifetime', 'forever', 'a duration such as'],
  ['max-lifetime', '0s', 'at least 1.0 s'],
  ['config-media', 'nowhere', 'the path of a file or folder that exists'],
  ['fail-on-console', 'a(b', 'regular expressions, one a line: Invalid regular expression'],
  ['allow-on-console', '[z-a]', 'regular expressions, one a line'],
  ['name', '../x', 'letters, digits'],
  ['count', '0', 'a whole number from 1 to 255'],
  ['console-limit', '1K', 'at least 64 KiB'],
  ['credentials', 'a/b=c', 'lines of name=value'],
])('%s: %j is refused with its name, the value and what is allowed', (name, value, allowed) => {
  const read = () => inputs({ [name]: value })
  expect(read).toThrow(InputError)
  expect(read).toThrow(`Input ${name}: `)
  expect(read).toThrow(allowed)
  if (name !== 'credentials') expect(read).toThrow(JSON.stringify(value))
})

test.each([
  ['ssh-port', '2222', 'auto with a count'],
  ['vsock', '42', 'auto or off with a count'],
  ['forward', '8080:80', '0 as host port with a count'],
])('%s: several VMs cannot share %j', (name, value, allowed) => {
  expect(() => inputs({ count: '2', [name]: value })).toThrow(`Input ${name}: `)
  expect(() => inputs({ count: '2', [name]: value })).toThrow(allowed)
})

test('a credential’s value is never shown', () => {
  expect(() => inputs({ credentials: 'a/b=secret' })).toThrow(/^(?!.*secret).*"a\/b"/)
  expect(() => inputs({ credentials: 'secret' })).toThrow(/^(?!.*secret)/)
})

test('the same inputs serve an action that joins several', () => {
  const joined = inputsOf('boot', { image, cpus: '3' }).renamed({ memory: 'disk-size' })
  expect(() => getInputs(joined)).toThrow(InputError)
})
