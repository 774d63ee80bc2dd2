import * as core from '@actions/core'
import { runMain } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { addSummary } from '../../src/runtime/summary.js'
import { startVm } from '../../src/vm/boot.js'
import { bootSummary } from '../../src/vm/summary.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const booting = await startVm(getInputs(new InputReader(core.getInput)))
  core.saveState('vm', booting.folder)
  core.setOutput('vm', booting.folder)
  core.setOutput('console-log', booting.console)
  const vm = await booting.ready()
  core.setOutput('ssh-config', vm.ssh.configFile)
  core.setOutput('ssh-port', vm.ssh.port)
  core.setOutput('accelerator', vm.accelerator)
  core.setOutput('vsock-cid', vm.vsockCid ?? '')
  core.setOutput('boot-timings', vm.timings)
  core.setOutput('boot-seconds', vm.timings.ready)
  addSummary(bootSummary(vm))
})
