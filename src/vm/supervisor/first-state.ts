import path from 'node:path'
import type { Plan } from '../plan.js'
import { files, type VmState } from '../state.js'

/** What there is to tell of a VM, in the state folder `folder`, before its QEMU has been started. */
export function firstState(folder: string, plan: Plan): VmState {
  const file = (name: string): string => path.join(folder, name)
  const { user, identityFile, knownHostsFile } = plan.ssh
  return {
    schema: 1,
    name: plan.name,
    pid: null,
    supervisorPid: process.pid,
    startedAt: new Date().toISOString(),
    image: plan.image,
    accelerator: plan.machine.accelerator,
    qemuVersion: plan.qemuVersion,
    ssh: {
      host: '127.0.0.1',
      port: null,
      user,
      identityFile,
      knownHostsFile,
      configFile: file(files.sshConfig),
    },
    forward: [],
    vsockCid: plan.machine.vsockCid,
    console: file(files.console),
    qmp: file(files.qmp),
    state: 'booting',
    // What was saved of a VM had been ready.
    timings: plan.fork ? { sshd: 0 } : { firmware: 0 },
  }
}
