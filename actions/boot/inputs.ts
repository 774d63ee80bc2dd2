import type { InputReader } from '../../src/runtime/inputs.js'
import { tempFolder } from '../../src/runtime/temp.js'
import { accelerators } from '../../src/vm/acceleration.js'
import type { BootOptions } from '../../src/vm/boot.js'
import { type Credentials, credentialName } from '../../src/vm/credentials.js'
import { smallestConsole } from '../../src/vm/console.js'
import type { PortForward } from '../../src/vm/machine.js'
import { firstCid, lastCid } from '../../src/vm/vsock.js'

/** Bytes; with less the firmware itself does not run. */
const smallestMemory = 2 ** 24

/** One VM, or several alike. */
export interface BootInputs extends BootOptions {
  readonly count: number
}

/** The inputs of boot. @throws {InputError} */
export function getInputs(inputs: InputReader): BootInputs {
  const machine = getMachineInputs(inputs)
  return {
    image: inputs.existing('image', 'file'),
    imageDigest: inputs.optional('image-digest', (name) =>
      inputs.matching(name, /^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hexadecimal digits'),
    ),
    ...machine,
    name: inputs.optional('name', (name) =>
      inputs.matching(name, /^[a-z0-9][a-z0-9_-]{0,39}$/i, 'letters, digits, - and _, at most 40'),
    ),
    count: count(inputs, machine),
  }
}

/** The inputs of boot but for the image, which the whole pipeline builds first. @throws {InputError} */
export function getMachineInputs(inputs: InputReader): Omit<BootOptions, 'image' | 'imageDigest'> {
  return {
    name: undefined,
    memory: inputs.size('memory', smallestMemory),
    cpus: inputs.integer('cpus', 1, 255),
    accelerator: inputs.choice('accelerator', accelerators),
    firmware: inputs.required('firmware', 'auto, bios, or the path of a UEFI file'),
    sshUser: inputs.matching('ssh-user', /^[a-z_][a-z0-9_-]{0,31}$/, 'the name of a user in the guest'),
    sshPort: inputs.text('ssh-port') === 'auto' ? 'auto' : port(inputs, 'ssh-port', 'auto or '),
    sshKey: inputs.optional('ssh-key', (name) => inputs.existing(name, 'file')),
    hostKey: inputs.choice('host-key', ['pin', 'first-use']),
    vsock: vsock(inputs),
    credentials: credentials(inputs),
    configMedia: inputs.optional('config-media', (name) => inputs.existing(name, 'file or folder')),
    forward: inputs.lines('forward').map((line) => forward(inputs, line)),
    network: inputs.choice('network', ['open', 'restricted']),
    diskSize: inputs.optional('disk-size', (name) => inputs.size(name)),
    timeout: inputs.optional('timeout', (name) => inputs.duration(name, 1000)),
    maxLifetime: inputs.duration('max-lifetime', 1000),
    consoleLimit: inputs.size('console-limit', smallestConsole),
    consoleRules: {
      fail: inputs.patterns('fail-on-console'),
      allow: inputs.patterns('allow-on-console'),
    },
    extraArgs: inputs.lines('extra-args'),
    stateRoot: tempFolder(),
  }
}

/** Several VMs cannot share a port or a CID. */
function count(
  inputs: InputReader,
  { sshPort, vsock, forward }: Pick<BootOptions, 'sshPort' | 'vsock' | 'forward'>,
): number {
  const number = inputs.integer('count', 1, 255)
  if (number === 1) return 1
  if (sshPort !== 'auto') throw inputs.invalid('ssh-port', 'auto with a count')
  if (typeof vsock === 'number') throw inputs.invalid('vsock', 'auto or off with a count')
  if (forward.some(({ host }) => host !== 0)) throw inputs.invalid('forward', '0 as host port with a count')
  return number
}

function port(inputs: InputReader, name: string, before: string): number {
  const value = inputs.text(name)
  const number = /^\d+$/.test(value) ? Number(value) : NaN
  if (!(number >= 1 && number <= 65535)) throw inputs.invalid(name, `${before}a port from 1 to 65535`)
  return number
}

function vsock(inputs: InputReader): BootOptions['vsock'] {
  const value = inputs.text('vsock')
  if (value === 'auto' || value === 'off') return value
  const cid = /^\d+$/.test(value) ? Number(value) : NaN
  if (cid >= firstCid && cid <= lastCid) return cid
  throw inputs.invalid('vsock', `auto, off, or a CID from ${firstCid} to ${lastCid}`)
}

function credentials(inputs: InputReader): Credentials {
  const pairs = inputs.lines('credentials').map((line): [string, string] => {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? []
    // The value may be a secret; the message shows the name alone.
    if (!credentialName.test(name)) throw inputs.invalid('credentials', 'lines of name=value', name)
    return [name, value]
  })
  return Object.fromEntries(pairs)
}

function forward(inputs: InputReader, line: string): PortForward {
  const [, host, guest] = (/^(\d+):(\d+)$/.exec(line) ?? []).map(Number)
  if (host === undefined || guest === undefined || host > 65535 || guest > 65535 || guest === 0) {
    throw inputs.invalid('forward', 'lines of host:guest, ports up to 65535', line)
  }
  return { host, guest }
}
