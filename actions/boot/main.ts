import * as core from '@actions/core'
import { runMain, setOutputs } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { startVm } from '../../src/vm/boot.js'
import { bootingOutputs, bootOutputs } from '../../src/vm/outputs.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const booting = await startVm(getInputs(new InputReader(core.getInput)))
  core.saveState('vm', booting.folder)
  setOutputs(bootingOutputs(booting))
  setOutputs(bootOutputs(await booting.ready()))
})
