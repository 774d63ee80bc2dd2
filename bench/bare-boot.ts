import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { sshConfig } from '../src/ssh/config.js'
import { createKeyPair, writeKnownHosts } from '../src/ssh/identity.js'
import { writeCredentials } from '../src/vm/credentials.js'
import { createOverlay } from '../src/vm/disk.js'
import { findFirmware, withOwnVariables } from '../src/vm/firmware.js'
import { type Machine, qemuCommand } from '../src/vm/machine.js'
import { files } from '../src/vm/state.js'

/** A VM as one would boot it by hand in a script, its keys and port already there. */
export interface BareVm {
  /** Makes the overlay, starts QEMU and tries ssh every `pollInterval` ms. Seconds until a command has run. */
  boot(pollInterval: number): Promise<number>
  stop(): Promise<void>
}

/** Prepares all that a script would have at hand before it starts QEMU. */
export async function prepareBareVm(
  image: string,
  folder: string,
  machine: Pick<Machine, 'memory' | 'cpus'>,
): Promise<BareVm> {
  const [user, host, port] = await Promise.all([
    createKeyPair(folder, files.identity),
    createKeyPair(folder, files.hostKey),
    freePort(),
  ])
  const access = {
    host: '127.0.0.1',
    port,
    user: 'root',
    identityFile: user.file,
    knownHostsFile: path.join(folder, files.knownHosts),
    configFile: path.join(folder, files.sshConfig),
  } as const
  writeKnownHosts(access.knownHostsFile, host.publicKey)
  writeFileSync(access.configFile, sshConfig(access, true))
  const [qemu = '', ...args] = qemuCommand({
    ...machine,
    accelerator: 'tcg',
    firmware: withOwnVariables(findFirmware('auto'), folder),
    network: 'restricted',
    forward: [],
    sshPort: port,
    vsockCid: null,
    smbiosFiles: writeCredentials(folder, {
      'ssh.authorized_keys.root': user.publicKey,
      'ssh.hostkey.ed25519': host.privateKey,
    }),
    configMedia: null,
    sandbox: false,
    extraArgs: [],
  })
  const console = openSync(path.join(folder, files.console), 'w')
  let end = (): Promise<void> => Promise.resolve()
  return {
    boot: async (pollInterval) => {
      const started = performance.now()
      await createOverlay(image, 'qcow2', folder)
      // The same machine: its QMP connection leads to nobody.
      const vm = spawn(qemu, args, { cwd: folder, stdio: ['ignore', console, console, 'pipe'] })
      const ended = once(vm, 'exit')
      end = async () => {
        vm.kill('SIGKILL')
        await ended
      }
      while (!(await logsIn(access.configFile))) {
        if (vm.exitCode !== null) throw new Error(`QEMU ended; see ${folder}`)
        await setTimeout(pollInterval)
      }
      return (performance.now() - started) / 1000
    },
    stop: () => end(),
  }
}

async function logsIn(configFile: string): Promise<boolean> {
  const ssh = spawn('ssh', ['-F', configFile, '-o', 'ConnectTimeout=10', 'guest', 'true'], {
    stdio: 'ignore',
  })
  const [code] = (await once(ssh, 'exit')) as [number | null]
  return code === 0
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
