import { describe, expect, test } from '@jest/globals'
import { dyingWithParent, type Machine, qemuCommand, terminalCommand } from '../../../src/vm/machine.js'

const machine: Machine = {
  accelerator: 'tcg',
  memory: 4 * 2 ** 30,
  cpus: 2,
  firmware: { kind: 'bios' },
  network: 'restricted',
  forward: [],
  sshPort: 0,
  vsockCid: null,
  smbiosFiles: [],
  configMedia: null,
  sandbox: true,
  extraArgs: [],
}

/** The values of an option, in order. */
const valuesOf = (option: string, changes: Partial<Machine> = {}): string[] => {
  const command = qemuCommand({ ...machine, ...changes })
  return command.flatMap((word, index) => (word === option ? [command[index + 1] ?? ''] : []))
}

test('the machine is the one GuestOS documents, and nothing of the user’s configuration', () => {
  const command = qemuCommand(machine)
  expect(command.slice(0, 3)).toEqual(['qemu-system-x86_64', '-no-user-config', '-nodefaults'])
  expect(valuesOf('-machine')).toEqual(['q35,smm=off,graphics=off'])
  expect(valuesOf('-m')).toEqual(['4096M'])
  expect(valuesOf('-smp')).toEqual(['cpus=2'])
  expect(valuesOf('-device')).toEqual(
    expect.arrayContaining([
      'virtio-blk-pci,drive=disk,bootindex=1',
      'virtio-net-pci,netdev=net,romfile=',
      'pvpanic',
    ]),
  )
})

test.each([
  ['tcg', 'tcg,thread=multi,tb-size=128', 'max'],
  ['kvm', 'kvm', 'host'],
] as const)('%s', (accelerator, accel, cpu) => {
  expect(valuesOf('-accel', { accelerator })).toEqual([accel])
  expect(valuesOf('-cpu', { accelerator })).toEqual([cpu])
})

describe('network', () => {
  test('restricted lets SSH in, at a port of the kernel’s choice, and nothing out', () => {
    expect(valuesOf('-netdev')).toEqual(['user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22'])
  })

  test('open, with a fixed SSH port and more forwards, all on the loopback', () => {
    const changes = {
      network: 'open',
      sshPort: 2222,
      forward: [
        { host: 8080, guest: 80 },
        { host: 0, guest: 9090 },
      ],
    } as const
    expect(valuesOf('-netdev', changes)).toEqual([
      'user,id=net,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=tcp:127.0.0.1:0-:9090',
    ])
  })
})

describe('firmware', () => {
  test('bios is QEMU’s own', () => {
    expect(valuesOf('-bios')).toEqual([])
    expect(valuesOf('-drive')).toHaveLength(1)
  })

  test('one file', () => {
    expect(valuesOf('-bios', { firmware: { kind: 'rom', file: '/f/OVMF.fd' } })).toEqual(['/f/OVMF.fd'])
  })

  test('code that is read only beside variables that are not, commas doubled', () => {
    const firmware = { kind: 'flash', code: '/a,b/CODE.fd', variables: 'firmware-vars.fd' } as const
    expect(valuesOf('-drive', { firmware })).toEqual(
      expect.arrayContaining([
        'if=pflash,unit=0,format=raw,readonly=on,file=/a,,b/CODE.fd',
        'if=pflash,unit=1,format=raw,file=firmware-vars.fd',
      ]),
    )
  })
})

test('vsock only with a CID', () => {
  expect(qemuCommand(machine).join(' ')).not.toContain('vsock')
  expect(valuesOf('-device', { vsockCid: 77 })).toContain('vhost-vsock-pci,guest-cid=77')
})

test('credentials go by file, so that no argument list shows them', () => {
  expect(valuesOf('-smbios', { smbiosFiles: ['credential-0', 'credential-1'] })).toEqual([
    'type=11,path=credential-0',
    'type=11,path=credential-1',
  ])
})

test('a sandbox, where QEMU has one', () => {
  expect(valuesOf('-sandbox')).toEqual([
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  ])
  expect(valuesOf('-sandbox', { sandbox: false })).toEqual([])
})

test('a configuration stick on a USB bus, read only', () => {
  const stick = { file: '/a,b/config.img', format: 'raw' } as const
  expect(valuesOf('-device', { configMedia: stick })).toEqual(
    expect.arrayContaining(['qemu-xhci', 'usb-storage,drive=config,removable=on']),
  )
  expect(valuesOf('-drive', { configMedia: stick })).toContain(
    'if=none,id=config,file=/a,,b/config.img,format=raw,readonly=on',
  )
  expect(qemuCommand(machine).join(' ')).not.toContain('usb')
})

test('the user’s arguments come last, where they win', () => {
  expect(qemuCommand({ ...machine, extraArgs: ['-m', '1G'] }).slice(-2)).toEqual(['-m', '1G'])
})

test('nothing is found by a path outside the state folder', () => {
  const words = qemuCommand(machine).flatMap((word) => word.split(/[=,]/))
  expect(words.filter((word) => word.startsWith('/'))).toEqual([])
})

test('a command that dies with its parent', () => {
  expect(dyingWithParent(['qemu', '-m', '1'])).toEqual([
    'setpriv',
    '--pdeathsig',
    'KILL',
    '--',
    'qemu',
    '-m',
    '1',
  ])
})

describe('a machine that goes on from the state of another', () => {
  const memoryFile = '/snapshot/me,mory'

  test('a template leaves the memory in the file, and has no disk', () => {
    const resumed = { as: 'template', memoryFile } as const
    expect(valuesOf('-object', { resumed })).toEqual([
      'memory-backend-file,id=pc.ram,size=4096M,mem-path=/snapshot/me,,mory,share=on',
    ])
    expect(valuesOf('-machine', { resumed })).toEqual(['q35,smm=off,graphics=off', 'memory-backend=pc.ram'])
    expect(valuesOf('-incoming', { resumed })).toEqual(['defer'])
    expect(valuesOf('-drive', { resumed })).toEqual(['if=none,id=disk,file.driver=null-co,format=raw'])
  })

  test('a fork only reads the file, and has the devices of a machine that boots', () => {
    const resumed = { as: 'fork', memoryFile } as const
    expect(valuesOf('-object', { resumed })[0]).toMatch(/,share=off$/)
    expect(valuesOf('-device', { resumed })).toEqual(valuesOf('-device'))
    expect(valuesOf('-drive', { resumed })).toEqual(valuesOf('-drive'))
  })
})

test('for a person the same machine with console and monitor in the terminal', () => {
  const device = (command: readonly string[]): string[] =>
    command.filter((_, n) => command[n - 1] === '-device')
  const command = terminalCommand({ ...machine, extraArgs: ['-snapshot'] })
  expect(device(command)).toEqual(device(qemuCommand(machine)))
  expect(command.slice(-4)).toEqual(['-nographic', '-serial', 'mon:stdio', '-snapshot'])
  expect(command.join(' ')).not.toContain('fd=')
})
