import path from 'node:path'
import { info } from '../runtime/log.js'
import { run } from '../runtime/process.js'
import { addSummary } from '../runtime/summary.js'
import { formatDuration } from '../runtime/units.js'
import { createKeyPair, publicKeyOf, writeKnownHosts } from '../ssh/identity.js'
import { type AcceleratorChoice, settleAcceleration } from './acceleration.js'
import type { SupervisorClient } from './client.js'
import { configMedia } from './config-media.js'
import type { ConsoleRules } from './console-rules.js'
import { type Credentials, writeCredentials } from './credentials.js'
import { checkDiskSize, checkImage, createOverlay } from './disk.js'
import { findFirmware, withOwnVariables } from './firmware.js'
import { launch } from './launch.js'
import type { PortForward } from './machine.js'
import { ownFolder } from './owner.js'
import type { Plan } from './plan.js'
import { reproNote, rerunCommand } from './repro.js'
import { stopVm } from './stop.js'
import { files, type VmState } from './state.js'
import { bootSummary } from './summary.js'
import { sweep } from './sweep.js'
import { settleVsock, type VsockChoice } from './vsock.js'

/** What to boot and how. Sizes are bytes, times milliseconds. */
export interface BootOptions {
  /** What the VM is called in messages and in vm.json; by default as its state folder is. */
  readonly name: string | undefined
  readonly image: string
  readonly imageDigest: string | undefined
  readonly memory: number
  readonly cpus: number
  readonly accelerator: AcceleratorChoice
  readonly firmware: string
  readonly sshUser: string
  readonly sshPort: 'auto' | number
  /** A private key that the image already trusts; by default each VM gets a pair of its own. */
  readonly sshKey: string | undefined
  readonly hostKey: 'pin' | 'first-use'
  readonly vsock: VsockChoice
  readonly credentials: Credentials
  /** A folder, a tar archive or a disk image that the guest is to find as a USB stick. */
  readonly configMedia: string | undefined
  readonly forward: readonly PortForward[]
  readonly network: 'open' | 'restricted'
  readonly diskSize: number | undefined
  readonly timeout: number | undefined
  readonly maxLifetime: number
  readonly consoleLimit: number
  readonly consoleRules: ConsoleRules
  readonly extraArgs: readonly string[]
  /** The folder under which the VM's state folder is made. */
  readonly stateRoot: string
}

/** A boot under way. */
export interface BootingVm {
  readonly folder: string
  readonly console: string
  /**
   * Resolves when the guest is ready, telling each stage in the log meanwhile.
   * @throws {Failure} as soon as the supervisor knows the guest is lost, at the deadline at the latest
   */
  ready(): Promise<VmState>
}

/** Milliseconds a guest has to become ready. An emulated one needs about ten times the instructions' time, less for I/O. */
const bootTimeouts = { kvm: 180_000, tcg: 720_000 }

/** Milliseconds between signs of life while nothing happens. */
const silence = 15_000

/**
 * Prepares a VM and starts its supervisor. Until the guest is ready the VM ends with this process; afterwards it lives
 * on for later steps.
 */
export async function startVm(options: BootOptions): Promise<BootingVm> {
  const say = teller(options.name)
  sweep(options.stateRoot)
  const firmware = findFirmware(options.firmware)
  const vsockCid = settleVsock(options.vsock)
  const [format, acceleration, qemuVersion] = await Promise.all([
    checkImage(options.image, options.imageDigest),
    settleAcceleration(options.accelerator),
    installedQemu(),
    options.diskSize === undefined ? undefined : checkDiskSize(options.image, options.diskSize),
  ])
  say(`QEMU ${qemuVersion}, accelerator ${acceleration.kind}: ${acceleration.reason}`)

  const folder = ownFolder(path.join(options.stateRoot, `${options.name ?? 'vm'}-`))
  const [keys, media] = await Promise.all([
    createKeys(folder, options),
    options.configMedia === undefined ? null : configMedia(options.configMedia, folder),
    createOverlay(options.image, format, folder, options.diskSize),
  ])
  const bootTimeout = options.timeout ?? bootTimeouts[acceleration.kind]
  const plan: Plan = {
    name: options.name ?? path.basename(folder),
    image: { path: options.image, digest: options.imageDigest ?? null },
    qemuVersion,
    machine: {
      accelerator: acceleration.kind,
      memory: options.memory,
      cpus: options.cpus,
      firmware: withOwnVariables(firmware, folder),
      network: options.network,
      forward: options.forward,
      sshPort: options.sshPort === 'auto' ? 0 : options.sshPort,
      vsockCid,
      smbiosFiles: writeCredentials(folder, { ...keys.credentials, ...options.credentials }),
      configMedia: media,
      sandbox: true,
      extraArgs: options.extraArgs,
    },
    anyVsockCid: options.vsock === 'auto',
    ssh: {
      user: options.sshUser,
      identityFile: keys.identityFile,
      knownHostsFile: path.join(folder, files.knownHosts),
      pinned: options.hostKey === 'pin',
    },
    bootTimeout,
    maxLifetime: options.maxLifetime,
    consoleLimit: options.consoleLimit,
    consoleRules: options.consoleRules,
    rerun: rerunCommand(options),
  }
  const client = await launch(folder, plan)
  say(`Booting ${options.image}, at most ${formatDuration(bootTimeout)}`)
  return { folder, console: path.join(folder, files.console), ready: () => untilReady(folder, client, say) }
}

/** Tells in the log; of a VM with a name, whose it is. */
function teller(name: string | undefined): (text: string) => void {
  return name === undefined
    ? info
    : (text) => {
        info(`${name}: ${text}`)
      }
}

async function installedQemu(): Promise<string> {
  const { stdout } = await run(['qemu-system-x86_64', '--version'])
  return /version (\S+)/.exec(stdout)?.[1] ?? 'of unknown version'
}

/** The keys of both sides, and the credentials by which a guest that takes them gets its halves. */
async function createKeys(
  folder: string,
  { sshKey, sshUser, hostKey }: BootOptions,
): Promise<{ identityFile: string; credentials: Credentials }> {
  const [user, host] = await Promise.all([
    sshKey === undefined
      ? createKeyPair(folder, files.identity)
      : publicKeyOf(sshKey).then((publicKey) => ({ file: sshKey, publicKey })),
    hostKey === 'pin' ? createKeyPair(folder, files.hostKey) : undefined,
  ])
  writeKnownHosts(path.join(folder, files.knownHosts), host?.publicKey)
  return {
    identityFile: user.file,
    credentials: {
      [`ssh.authorized_keys.${sshUser}`]: user.publicKey,
      ...(host && { 'ssh.hostkey.ed25519': host.privateKey }),
    },
  }
}

async function untilReady(
  folder: string,
  client: SupervisorClient,
  say: (text: string) => void,
): Promise<VmState> {
  const started = performance.now()
  const told = new Set<string>()
  const tell = (state: VmState): void => {
    for (const [stage, seconds] of Object.entries(state.timings)) {
      if (told.has(stage)) continue
      told.add(stage)
      say(`  ${seconds.toFixed(1).padStart(6)} s  ${stage}`)
      alive.refresh()
    }
  }
  const alive = setInterval(() => {
    say(`  ${formatDuration(performance.now() - started)}: still in stage ${[...told].at(-1) ?? 'firmware'}`)
  }, silence)
  try {
    client.onChange(tell)
    tell(client.state)
    const state = await client.ready()
    addSummary(bootSummary(state))
    return state
  } catch (error) {
    await stopVm(folder)
    const note = reproNote(folder)
    if (note !== undefined) say(note)
    throw error
  } finally {
    clearInterval(alive)
    client.close()
  }
}
