import { expect } from '@jest/globals'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Failure, type FailureClass } from '../../src/runtime/errors.js'
import { type BootingVm, type BootOptions, startVm } from '../../src/vm/boot.js'
import { isCredentialFile } from '../../src/vm/credentials.js'
import { files, readVm, type VmState } from '../../src/vm/state.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { alive, within } from '../fixtures/processes.js'

/** Where the VMs of one test have their state, and what stands beside it. */
export class Bench {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'fault-'))

  boot(given: { readonly image: string } & Partial<BootOptions>): Promise<BootingVm> {
    return startVm(bootOptions({ stateRoot: this.folder, ...given }))
  }

  /** The VMs that were begun. */
  vms(): VmState[] {
    return readdirSync(this.folder)
      .map((name) => path.join(this.folder, name))
      .filter((folder) => existsSync(path.join(folder, 'vm.json')))
      .map(readVm)
  }

  /** Nothing of any VM is left: no process, no overlay, no private key of the guest's. */
  async expectNothingLeft(): Promise<void> {
    const pids = this.vms().flatMap(({ pid, supervisorPid }) => [pid ?? 0, supervisorPid])
    const left = (): number[] => pids.filter((pid) => pid > 0 && alive(pid))
    await within(3000, () => left().length === 0)
    expect(left()).toEqual([])
    expect(secretsIn(this.folder)).toEqual([])
  }

  end(): void {
    for (const { pid, supervisorPid } of this.vms()) {
      for (const left of [supervisorPid, pid ?? 0]) if (left > 0 && alive(left)) process.kill(left, 'SIGKILL')
    }
    rmSync(this.folder, { recursive: true })
  }
}

/** Overlays and files with a guest's private key, also of VMs that came to nothing before they had a state. */
function secretsIn(folder: string): string[] {
  const secret: readonly string[] = [files.overlay, files.hostKey]
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  // What a failed VM leaves to be looked at is no leak.
  const own = names.filter((name) => path.basename(path.dirname(name)) !== files.repro)
  return own.filter((name) => secret.includes(path.basename(name)) || isCredentialFile(path.basename(name)))
}

export interface Fate {
  readonly failure: Failure
  /** Until it was known, from the call on. */
  readonly seconds: number
}

/** The failure that something ends in, and how long that took. */
export async function fate(work: Promise<unknown>): Promise<Fate> {
  const started = performance.now()
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure))
    throw new Error(`it should have ended in a Failure, not in ${String(error)}`)
  return { failure: error, seconds: (performance.now() - started) / 1000 }
}

export function expectClass({ failure }: Fate, expected: FailureClass): void {
  expect(`${failure.class}: ${failure.message}`).toMatch(new RegExp(`^${expected}: `))
}

/** The console log without the times of the host. */
export function consoleOf(folder: string): string {
  return readFileSync(path.join(folder, 'console.log'), 'utf8').replace(/^\[ *[\d.]+\] /gm, '')
}
