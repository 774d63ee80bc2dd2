import path from 'node:path'
import type { BootingVm } from './boot.js'
import { files, type VmState } from './state.js'

/** The outputs of the boot action that stand before the guest is ready, and when it never is. */
export function bootingOutputs({ folder, console }: BootingVm): Record<string, string> {
  return { vm: folder, 'console-log': console, repro: path.join(folder, files.repro) }
}

/** The outputs of the boot action once the guest is ready. */
export function bootOutputs(vm: VmState): Record<string, string | number> {
  return {
    'ssh-config': vm.ssh.configFile,
    'ssh-port': vm.ssh.port ?? '',
    forward: JSON.stringify(vm.forward),
    accelerator: vm.accelerator,
    'vsock-cid': vm.vsockCid ?? '',
    'boot-timings': JSON.stringify(vm.timings),
    'boot-seconds': vm.timings.ready ?? '',
  }
}

/** The outputs of a set once all of it is ready: those of its first VM, and `vms` with those of each. */
export function setOfOutputs(
  booting: readonly BootingVm[],
  ready: readonly VmState[],
): Record<string, string | number> {
  const vms = ready.map((vm, index) => ({
    name: vm.name,
    ...(booting[index] && bootingOutputs(booting[index])),
    ...bootOutputs(vm),
    forward: vm.forward,
    'boot-timings': vm.timings,
  }))
  return { ...(ready[0] && bootOutputs(ready[0])), vms: JSON.stringify(vms) }
}
