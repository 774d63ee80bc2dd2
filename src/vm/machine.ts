import path from 'node:path'
import { files } from './state.js'

/** A virtual machine as QEMU is to be told of it. File names are relative to the VM's state folder, where QEMU runs. */
export interface Machine {
  readonly accelerator: 'kvm' | 'tcg'
  /** Bytes. */
  readonly memory: number
  readonly cpus: number
  readonly firmware: Firmware
  readonly network: 'open' | 'restricted'
  /** Host and guest ports beside SSH. */
  readonly forward: readonly PortForward[]
  /** The host port for SSH; 0 lets the kernel pick a free one. */
  readonly sshPort: number
  readonly vsockCid: number | null
  /** Names of files with one SMBIOS type 11 string each: systemd credentials, kept out of the argument list. */
  readonly smbiosFiles: readonly string[]
  readonly configMedia: ConfigMedia | null
  /** QEMU may then start no process, gain no privilege and change no priority. Not every build of it can. */
  readonly sandbox: boolean
  /** Given where the machine does not start from its disk but goes on from the state of another. */
  readonly resumed?: Resumed
  readonly extraArgs: readonly string[]
}

export interface PortForward {
  readonly host: number
  readonly guest: number
}

/**
 * A machine whose memory lies in a file and whose further state comes over QMP (see supervisor/migration.ts). A template
 * takes over a running VM's and writes it to the file; it never runs itself. A fork goes on from the file, which it only
 * reads: what it writes stays its own.
 */
export interface Resumed {
  readonly as: 'template' | 'fork'
  readonly memoryFile: string
}

/** bios: QEMU's own SeaBIOS; flash: UEFI code with a private copy of its variables; rom: one UEFI file without variables. */
export type Firmware =
  | { readonly kind: 'bios' }
  | { readonly kind: 'rom'; readonly file: string }
  | { readonly kind: 'flash'; readonly code: string; readonly variables: string }

/** A disk image that the guest finds as a USB stick, read only. */
export interface ConfigMedia {
  readonly file: string
  readonly format: 'raw' | 'qcow2'
}

/** The descriptor at which QEMU finds the supervisor's QMP connection; it has no path that others could race for. */
export const qmpDescriptor = 3

/** The descriptor at which the QEMU of a fork finds the state of its devices. */
export const stateDescriptor = 4

/** All that a guest's device never needs. Source: qemu(1), -sandbox */
const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

/**
 * The QEMU command of a VM under a supervisor: the serial console on standard output, QMP on an inherited socket.
 * A guest's panic and reboot leave QEMU running: the supervisor decides what they mean.
 */
export function qemuCommand(machine: Machine): string[] {
  return [
    ...hardware(machine),
    ...['-display', 'none'],
    ...['-chardev', 'stdio,id=console,signal=off'],
    ...['-serial', 'chardev:console'],
    ...['-chardev', `socket,id=supervisor,fd=${qmpDescriptor}`],
    ...['-mon', 'chardev=supervisor,mode=control'],
    ...['-chardev', `socket,id=qmp,path=${files.qmp},server=on,wait=off`],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...['-action', 'panic=none'],
    ...(machine.sandbox ? ['-sandbox', sandbox] : []),
    ...machine.extraArgs,
  ]
}

/** The QEMU command of the same VM for a person: console and monitor share the terminal, Ctrl-A x leaves. */
export function terminalCommand(machine: Machine): string[] {
  return [...hardware(machine), '-nographic', '-serial', 'mon:stdio', ...machine.extraArgs]
}

/**
 * What the guest sees: q35 with virtio devices, as GuestOS documents it. Without graphics SeaBIOS, too, talks on the
 * serial console.
 */
function hardware(machine: Machine): string[] {
  return [
    'qemu-system-x86_64',
    '-no-user-config',
    '-nodefaults',
    ...['-name', 'guest,debug-threads=on'],
    ...['-machine', 'q35,smm=off,graphics=off'],
    ...accelerator(machine.accelerator),
    ...['-m', megabytes(machine.memory)],
    ...['-smp', `cpus=${machine.cpus}`],
    ...firmware(machine.firmware),
    ...['-drive', disk(machine)],
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=1'],
    ...['-netdev', network(machine)],
    // Without its boot ROM the card costs the firmware no time.
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-device', 'virtio-rng-pci'],
    ...['-device', 'pvpanic'],
    // Tells a Linux of 5.18 or newer, by a number that changes, to renew its random pool when it goes on as a fork.
    ...['-device', 'vmgenid,guid=auto'],
    ...(machine.vsockCid === null ? [] : ['-device', `vhost-vsock-pci,guest-cid=${machine.vsockCid}`]),
    ...machine.smbiosFiles.flatMap((file) => ['-smbios', `type=11,path=${escaped(file)}`]),
    ...usbStick(machine.configMedia),
    ...(machine.resumed ? resumption(machine, machine.resumed) : []),
  ]
}

/** Names of the files in the state folder that the machine is made of, beside its disk. */
export function partsOf({ smbiosFiles, firmware, configMedia }: Machine): string[] {
  const variables = firmware.kind === 'flash' ? [firmware.variables] : []
  const stick = configMedia === null || path.isAbsolute(configMedia.file) ? [] : [configMedia.file]
  return [...smbiosFiles, ...variables, ...stick]
}

/** `command` in a process that the kernel kills when its parent dies. Source: prctl(2), PR_SET_PDEATHSIG. */
export function dyingWithParent(command: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...command]
}

/**
 * MiB of translated code that QEMU keeps. Of the default, an eighth of the host's memory and up to 1 GiB, so much is
 * stale when a guest restarts that its firmware takes minutes to get past it. With 64 MiB the boot of a Debian guest
 * throws all of it away 12 times, with 128 it does so 4 times. Source: QEMU tcg/region.c
 */
const translationBuffer = 128

function accelerator(kind: Machine['accelerator']): string[] {
  if (kind === 'kvm') return ['-accel', 'kvm', '-cpu', 'host']
  return ['-accel', `tcg,thread=multi,tb-size=${translationBuffer}`, '-cpu', 'max']
}

function firmware(choice: Firmware): string[] {
  switch (choice.kind) {
    case 'bios':
      return []
    case 'rom':
      return ['-bios', choice.file]
    case 'flash':
      return [
        ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${escaped(choice.code)}`],
        ...['-drive', `if=pflash,unit=1,format=raw,file=${escaped(choice.variables)}`],
      ]
  }
}

function usbStick(media: ConfigMedia | null): string[] {
  if (media === null) return []
  const drive = `if=none,id=config,file=${escaped(media.file)},format=${media.format},readonly=on`
  return ['-device', 'qemu-xhci', '-drive', drive, '-device', 'usb-storage,drive=config,removable=on']
}

/** A template's disk is never read: the original goes on writing to its own. */
function disk({ resumed }: Machine): string {
  return resumed?.as === 'template'
    ? 'if=none,id=disk,file.driver=null-co,format=raw'
    : `if=none,id=disk,file=${files.overlay},format=qcow2,discard=unmap`
}

/** The memory goes by the name that q35 gives it, by which the state of another VM refers to it. */
function resumption({ memory }: Machine, { as, memoryFile }: Resumed): string[] {
  const share = as === 'template' ? 'on' : 'off'
  const file = `size=${megabytes(memory)},mem-path=${escaped(memoryFile)},share=${share}`
  return [
    ...['-object', `memory-backend-file,id=pc.ram,${file}`],
    ...['-machine', 'memory-backend=pc.ram'],
    ...['-incoming', 'defer'],
  ]
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)}M`
}

function network(machine: Machine): string {
  const forwards = [{ host: machine.sshPort, guest: 22 }, ...machine.forward]
  return [
    'user,id=net',
    ...(machine.network === 'restricted' ? ['restrict=on'] : []),
    ...forwards.map(({ host, guest }) => `hostfwd=tcp:127.0.0.1:${host}-:${guest}`),
  ].join(',')
}

/** QEMU splits option values at commas; a doubled comma stands for one. Source: qemu(1), -drive file=. */
function escaped(file: string): string {
  return file.replaceAll(',', ',,')
}
