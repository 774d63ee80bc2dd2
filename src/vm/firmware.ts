import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Failure, InputError } from '../runtime/errors.js'
import type { Firmware } from './machine.js'
import { files } from './state.js'

/** Where QEMU's packages describe their firmware. Source: QEMU docs/interop/firmware.json. */
const descriptorFolder = '/usr/share/qemu/firmware'

/** Tried after the descriptors, which older packages lack. */
const known: readonly Firmware[] = [
  { kind: 'flash', code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { kind: 'flash', code: '/usr/share/OVMF/OVMF_CODE.fd', variables: '/usr/share/OVMF/OVMF_VARS.fd' },
  { kind: 'rom', file: '/usr/share/ovmf/OVMF.fd' },
]

interface FlashFile {
  readonly filename: string
  readonly format: string
}

interface Descriptor {
  readonly 'interface-types'?: readonly string[]
  readonly features?: readonly string[]
  readonly targets?: readonly { readonly architecture: string; readonly machines: readonly string[] }[]
  readonly mapping?: {
    readonly device: string
    readonly executable?: FlashFile
    readonly 'nvram-template'?: FlashFile
  }
}

/**
 * The firmware for `choice`: `auto` is UEFI as the host's packages describe it, `bios` is QEMU's SeaBIOS, anything
 * else the path of a UEFI code file.
 * @throws {InputError} when the file is not there
 * @throws {Failure} firmware when the host has no UEFI for QEMU
 */
export function findFirmware(choice: string, descriptors = descriptorFolder): Firmware {
  if (choice === 'bios') return { kind: 'bios' }
  if (choice !== 'auto') {
    const file = path.resolve(choice)
    if (!isFile(file))
      throw new InputError('firmware', choice, 'auto, bios, or the path of a UEFI file that exists')
    return { kind: 'rom', file }
  }
  const found = [...described(descriptors), ...known].find(present)
  if (found) return found
  throw new Failure({
    class: 'firmware',
    message: 'this machine has no UEFI firmware for QEMU',
    advice: 'On Debian or Ubuntu: sudo apt-get install ovmf',
  })
}

/** The firmware with variables of this VM's own, copied into its state folder. */
export function withOwnVariables(firmware: Firmware, folder: string): Firmware {
  if (firmware.kind !== 'flash') return firmware
  copyFileSync(firmware.variables, path.join(folder, files.firmwareVars))
  return { ...firmware, variables: files.firmwareVars }
}

function present(firmware: Firmware): boolean {
  if (firmware.kind === 'flash') return isFile(firmware.code) && isFile(firmware.variables)
  return firmware.kind === 'bios' || isFile(firmware.file)
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true
}

/** Plain UEFI for q35, in the order of the descriptors' names; secure boot needs SMM, which we switch off. */
function* described(folder: string): Generator<Firmware> {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue
    const descriptor = readDescriptor(path.join(folder, name))
    const code = descriptor.mapping?.executable
    const variables = descriptor.mapping?.['nvram-template']
    const fits =
      descriptor['interface-types']?.includes('uefi') === true &&
      descriptor.mapping?.device === 'flash' &&
      descriptor.features?.includes('requires-smm') !== true &&
      descriptor.targets?.some(
        ({ architecture, machines }) =>
          architecture === 'x86_64' && machines.some((machine) => machine.startsWith('pc-q35')),
      ) === true
    if (fits && code?.format === 'raw' && variables?.format === 'raw') {
      yield { kind: 'flash', code: code.filename, variables: variables.filename }
    }
  }
}

/** A descriptor that some package left broken describes nothing. */
function readDescriptor(file: string): Descriptor {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Descriptor
  } catch {
    return {}
  }
}
