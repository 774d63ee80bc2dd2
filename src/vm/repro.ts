import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { quote } from '../runtime/quote.js'
import type { BootOptions } from './boot.js'
import { rotated } from './console.js'
import { qemuCommand } from './machine.js'
import type { Plan } from './plan.js'
import { files, readVm } from './state.js'

/** Bytes of an overlay that are worth keeping; what a guest writes in a whole boot is more. */
const smallOverlay = 2 ** 25

/**
 * The command that boots the same machine again with its console in a terminal, from a checkout of this project. Keys
 * and credentials are not in it: they are secret, and a person logs in at the console.
 */
export function rerunCommand(options: BootOptions): string[] {
  const { memory, cpus, accelerator, firmware, network, diskSize, configMedia, forward, extraArgs } = options
  const flags: [string, string | number | undefined][] = [
    ['memory', memory],
    ['cpus', cpus],
    ['accelerator', accelerator],
    ['firmware', firmware],
    ['network', network],
    ['disk-size', diskSize],
    ['config-media', configMedia],
    ['forward', forward.map(({ host, guest }) => `${host}:${guest}`).join('\n')],
    ['extra-args', extraArgs.join('\n')],
  ]
  return [
    ...['npm', 'run', 'vm', '--', options.image],
    // An argument of QEMU's begins with a dash itself.
    ...flags.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`--${name}=${value}`])),
  ]
}

/**
 * Keeps what somebody needs to see a VM's death again, in a folder beside its console log: repro.json, the console, and
 * the disk's difference from the image where that is small. Called once the VM has ended and before its disk goes.
 */
export function keepRepro(folder: string): void {
  const plan = JSON.parse(readFileSync(path.join(folder, files.plan), 'utf8')) as Plan
  const { image, accelerator, qemuVersion, failure, timings } = readVm(folder)
  const repro = path.join(folder, files.repro)
  mkdirSync(repro, { recursive: true, mode: 0o700 })
  for (const log of [files.console, rotated(files.console)])
    share(path.join(folder, log), path.join(repro, log))
  const overlay = path.join(folder, files.overlay)
  // A fork's disk is one of what was saved, which goes with the last fork.
  const isSmall = plan.fork === undefined && existsSync(overlay) && statSync(overlay).size <= smallOverlay
  if (isSmall) copyFileSync(overlay, path.join(repro, files.overlay))
  const told = {
    schema: 1,
    image,
    rerun: quote(plan.rerun),
    qemu: { version: qemuVersion, accelerator, command: quote(qemuCommand(plan.machine)) },
    disk: isSmall
      ? `${files.overlay} is the disk as it was at the end; it is an overlay of the image. qemu-img rebase -u -F FORMAT -b IMAGE ${files.overlay} lets it find one that is elsewhere now.`
      : null,
    failure,
    timings,
  }
  writeFileSync(path.join(repro, 'repro.json'), `${JSON.stringify(told, null, 2)}\n`)
}

/** Where it is and what to do with it, when there is one. */
export function reproNote(folder: string): string | undefined {
  const file = path.join(folder, files.repro, 'repro.json')
  if (!existsSync(file)) return undefined
  const { rerun } = JSON.parse(readFileSync(file, 'utf8')) as { rerun: string }
  return `What it takes to see this again is in ${path.dirname(file)}. From a checkout of guestos-actions: ${rerun}`
}

/** A second name costs no space. */
function share(from: string, to: string): void {
  if (existsSync(from) && !existsSync(to)) linkSync(from, to)
}
