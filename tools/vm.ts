/** Boots an image with its console in the terminal, as QEMU users know it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { getInputs } from '../actions/boot/inputs.js'
import { describe } from '../src/runtime/action.js'
import { UserError } from '../src/runtime/errors.js'
import { InputReader } from '../src/runtime/inputs.js'
import { settleAcceleration } from '../src/vm/acceleration.js'
import type { BootOptions } from '../src/vm/boot.js'
import { configMedia } from '../src/vm/config-media.js'
import { writeCredentials } from '../src/vm/credentials.js'
import { checkDiskSize, checkImage, createOverlay } from '../src/vm/disk.js'
import { findFirmware, withOwnVariables } from '../src/vm/firmware.js'
import { dyingWithParent, terminalCommand } from '../src/vm/machine.js'
import { settleVsock } from '../src/vm/vsock.js'
import { actionDefaults } from './action-defaults.js'
import { shell } from './vm-shell.js'

/** The inputs of boot that make sense with a person at the console. */
const flags = {
  memory: 'memory of the guest',
  cpus: 'virtual CPUs',
  accelerator: 'auto, kvm or tcg',
  firmware: 'auto, bios, or the path of a UEFI file',
  network: 'open or restricted',
  forward: 'a forwarded TCP port, host:guest; 2222:22 for SSH',
  'extra-args': 'more QEMU arguments, one word a line',
  'config-media': 'a folder, tar archive or disk image that the guest finds as a USB stick',
  'disk-size': "size of the guest's disk where it is to be larger than the image",
} as const

/** A person at the console expects the network to be there. */
const defaults = { ...actionDefaults('boot'), network: 'open' } as Readonly<
  Record<string, string | undefined>
>

const usage = `npm run vm -- IMAGE [--FLAG VALUE ...]

Boots a qcow2 or raw image on a throw-away overlay, its console in this terminal.
Ctrl-A x leaves, Ctrl-A c changes to QEMU's monitor and back, Ctrl-A h tells more.

${Object.entries(flags)
  .map(([name, what]) =>
    `  --${name.padEnd(12)} ${what} ${defaults[name] ? `(${defaults[name]})` : ''}`.trimEnd(),
  )
  .join('\n')}
  --ssh          a shell over SSH as soon as the guest is ready, in place of the console`

interface Request {
  readonly vm: BootOptions
  /** A shell over SSH in place of the console. */
  readonly ssh: boolean
}

function request(): Request | undefined {
  const text = { type: 'string' } as const
  const names = Object.keys(flags).map((name) => [name, text] as const)
  const { values, positionals } = parseCommandLine({
    ...Object.fromEntries(names),
    ssh: { type: 'boolean' },
    help: { type: 'boolean' },
  })
  if (values.help === true) return undefined
  const [image, ...more] = positionals
  if (image === undefined || more.length > 0) throw new UserError(`One image, please.\n\n${usage}`)
  const given: Readonly<Record<string, string | boolean | undefined>> = { ...defaults, ...values, image }
  const vm = getInputs(new InputReader((name) => String(given[name] ?? '')))
  return { vm, ssh: values.ssh === true }
}

function parseCommandLine(known: Record<string, { readonly type: 'string' | 'boolean' }>) {
  try {
    return parseArgs({ options: known, allowPositionals: true })
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

/** Runs the VM to its end and gives QEMU's exit status. */
async function live(vm: BootOptions): Promise<number> {
  const firmware = findFirmware(vm.firmware)
  const [format, acceleration] = await Promise.all([
    checkImage(vm.image, undefined),
    settleAcceleration(vm.accelerator),
    vm.diskSize === undefined ? undefined : checkDiskSize(vm.image, vm.diskSize),
  ])
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-'))
  try {
    await createOverlay(vm.image, format, folder, vm.diskSize)
    const [program = '', ...args] = dyingWithParent(
      terminalCommand({
        ...vm,
        accelerator: acceleration.kind,
        firmware: withOwnVariables(firmware, folder),
        sshPort: 0,
        vsockCid: settleVsock(vm.vsock),
        smbiosFiles: writeCredentials(folder, vm.credentials),
        configMedia: vm.configMedia === undefined ? null : await configMedia(vm.configMedia, folder),
        sandbox: false,
      }),
    )
    console.log(`${acceleration.kind} (${acceleration.reason}); Ctrl-A x leaves`)
    const qemu = spawn(program, args, { cwd: folder, stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => qemu.kill())
    const [code] = (await once(qemu, 'exit')) as [number | null]
    return code ?? 1
  } finally {
    rmSync(folder, { recursive: true })
  }
}

try {
  const asked = request()
  if (asked === undefined) console.log(usage)
  else process.exitCode = await (asked.ssh ? shell : live)(asked.vm)
} catch (error) {
  console.error(describe(error))
  process.exitCode = 1
}
