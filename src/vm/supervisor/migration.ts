import { createWriteStream } from 'node:fs'
import { constants, copyFile, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Machine, partsOf, stateDescriptor } from '../machine.js'
import { Qmp } from '../qmp.js'
import { files } from '../state.js'
import { startQemu } from './qemu.js'

/** Milliseconds between looks at whether a migration has ended. */
const pause = 5

/** Bytes a second; QEMU's default of 128 MiB is made for networks. Source: QEMU qapi/migration.json, max-bandwidth. */
const unlimited = 2 ** 40

/** Memory that lies in a shared file stays there instead of being sent. Source: QEMU qapi/migration.json. */
const memoryStays = { capabilities: [{ capability: 'x-ignore-shared', state: true }] }

/** Sockets in the folder of a snapshot while it is made. */
const sockets = { machine: 'machine.sock', devices: 'devices.sock' } as const

/**
 * Saves the running VM of this working directory in the folder `into`: memory, devices' state, disk, and the files it is
 * made of beside. It stands still meanwhile and then runs on. A second QEMU, the template, takes its state over and leaves
 * the memory in a file that any number of forks can map.
 */
export async function save(original: Qmp, machine: Machine, into: string): Promise<void> {
  const place = (name: string): string => path.join(into, name)
  for (const name of partsOf(machine)) await copyFile(name, place(name))
  const template = startQemu(
    {
      ...machine,
      ...{ sshPort: 0, forward: [], vsockCid: null },
      resumed: { as: 'template', memoryFile: files.memory },
    },
    into,
  )
  try {
    const qmp = await Qmp.open(template.qmp, () => undefined)
    await qmp.execute('migrate-incoming', { uri: `unix:${sockets.machine}` })
    await original.execute('migrate-set-parameters', { 'max-bandwidth': unlimited })
    await original.execute('stop')
    try {
      await original.execute('migrate', { uri: `unix:${place(sockets.machine)}` })
      await untilMigrated(original)
      await copyFile(files.overlay, place(files.overlay), constants.COPYFILE_FICLONE)
    } finally {
      await original.execute('cont')
    }
    await untilMigrated(qmp)
    await qmp.execute('migrate-set-capabilities', memoryStays)
    await writeDevices(qmp, place(sockets.devices), place(files.deviceState))
  } catch (error) {
    throw new Error(`${String(error)} ${template.complaint()}`.trim(), { cause: error })
  } finally {
    template.process.kill('SIGKILL')
    await template.ended
    for (const name of [...Object.values(sockets), files.qmp]) await rm(place(name), { force: true })
  }
}

/** Lets the QEMU of a fork go on from the state at its descriptor. */
export async function resume(fork: Qmp): Promise<void> {
  await fork.execute('migrate-set-capabilities', memoryStays)
  await fork.execute('migrate-incoming', { uri: `fd:${stateDescriptor}` })
  await untilMigrated(fork)
  await fork.execute('cont')
}

/** @throws {Error} with QEMU's words when it failed */
async function untilMigrated(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status, 'error-desc': problem } = (await qmp.execute('query-migrate')) as {
      readonly status?: string
      readonly 'error-desc'?: string
    }
    if (status === 'completed') return
    if (status === 'failed') throw new Error(problem ?? 'QEMU could not pass the state of the VM on')
    await sleep(pause)
  }
}

/** QEMU may start no process to write a file with, and opens none itself before release 8.2; it can reach a socket. */
async function writeDevices(qmp: Qmp, socket: string, file: string): Promise<void> {
  const server = createServer()
  const written = new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('connection', (client: Socket) => {
      pipeline(client, createWriteStream(file, { mode: 0o600 })).then(resolve, reject)
    })
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  try {
    await qmp.execute('migrate', { uri: `unix:${socket}` })
    await Promise.all([untilMigrated(qmp), written])
  } finally {
    server.close()
  }
}
