import { type BootingVm, type BootOptions, startVm } from './boot.js'
import type { VmState } from './state.js'
import { stopVm } from './stop.js'

/** Starts `count` VMs that are alike but for their names. @throws what the first one that could not be started says */
export async function startVms(options: BootOptions, count: number): Promise<BootingVm[]> {
  if (count === 1) return [await startVm(options)]
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const name = options.name ?? 'vm'
  const attempts = await Promise.allSettled(
    numbers.map((number) => startVm({ ...options, name: `${name}-${number}` })),
  )
  const started = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
  const failed = attempts.find((attempt) => attempt.status === 'rejected')
  if (!failed) return started
  await stopAll(started)
  throw failed.reason
}

/** Resolves when all are ready. @throws {Failure} of the first that is lost; the others are ended then */
export async function untilAllReady(vms: readonly BootingVm[]): Promise<VmState[]> {
  try {
    return await Promise.all(vms.map((vm) => vm.ready()))
  } catch (error) {
    await stopAll(vms)
    throw error
  }
}

async function stopAll(vms: readonly BootingVm[]): Promise<void> {
  await Promise.all(vms.map(({ folder }) => stopVm(folder)))
}
