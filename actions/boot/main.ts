import * as core from '@actions/core'
import { runMain, setOutputs } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { bootingOutputs, setOfOutputs } from '../../src/vm/outputs.js'
import { startVms, untilAllReady } from '../../src/vm/set.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const { count, ...options } = getInputs(new InputReader(core.getInput))
  const booting = await startVms(options, count)
  core.saveState('vm', booting.map(({ folder }) => folder).join('\n'))
  for (const first of booting.slice(0, 1)) setOutputs(bootingOutputs(first))
  setOutputs(setOfOutputs(booting, await untilAllReady(booting)))
})
