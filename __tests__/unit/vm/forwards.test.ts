import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { boundPorts, portsIn } from '../../../src/vm/forwards.js'
import { Qmp } from '../../../src/vm/qmp.js'

/** As QEMU 7.2 prints it, the forward that was given first at the top. */
const table = [
  'Hub -1 (net):',
  '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
  '  TCP[HOST_FORWARD]  12       127.0.0.1 39871       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  13       127.0.0.1 41000       10.0.2.15    80     0     0',
  '  TCP[HOST_FORWARD]  14       127.0.0.1  2222       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  15       127.0.0.1 41001       10.0.2.15    80     0     0',
  '  TCP[ESTABLISHED]   16       127.0.0.1 39871       10.0.2.15   443     0     0',
].join('\r\n')

test('tells what was picked in the order in which it was asked for', () => {
  const forward = [
    { host: 2222, guest: 22 },
    { host: 0, guest: 80 },
    { host: 0, guest: 80 },
  ]
  expect(portsIn(table, { sshPort: 0, forward })).toEqual({
    ssh: 39871,
    forward: [
      { host: 2222, guest: 22 },
      { host: 41000, guest: 80 },
      { host: 41001, guest: 80 },
    ],
  })
})

test('a port of one’s own stays SSH’s, whatever else leads to 22', () => {
  const reversed = table.split('\r\n').reverse().join('\r\n')
  for (const order of [table, reversed]) {
    expect(portsIn(order, { sshPort: 2222, forward: [{ host: 0, guest: 22 }] })).toEqual({
      ssh: 2222,
      forward: [{ host: 39871, guest: 22 }],
    })
  }
})

test('what QEMU does not forward is no port', () => {
  expect(() => portsIn(table, { sshPort: 0, forward: [{ host: 0, guest: 443 }] })).toThrow(
    'QEMU forwards no port to 443',
  )
})

test('a real QEMU tells the ports that it bound', async () => {
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...['-nodefaults', '-display', 'none', '-machine', 'q35', '-S'],
      ...['-chardev', 'socket,id=q,fd=3', '-mon', 'chardev=q,mode=control'],
      ...['-device', 'virtio-net-pci,netdev=net,romfile='],
      ...['-netdev', 'user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:0-:80'],
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  )
  try {
    const qmp = await Qmp.open(qemu.stdio[3] as Duplex, () => undefined)
    const { ssh, forward } = await boundPorts(qmp, { sshPort: 0, forward: [{ host: 0, guest: 80 }] })
    expect(forward).toEqual([{ host: expect.any(Number), guest: 80 }])
    const ports = [ssh, ...forward.map(({ host }) => host)]
    expect(new Set(ports).size).toBe(2)
    for (const port of ports) expect(port).toBeGreaterThan(1023)
  } finally {
    qemu.kill('SIGKILL')
  }
})
