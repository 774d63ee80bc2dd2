import * as core from '@actions/core'
import { runMain, setOutputs } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { upgradeOutputs } from '../../src/upgrade/outputs.js'
import { runUpgrade } from '../../src/upgrade/upgrade.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const outcome = await runUpgrade(getInputs(new InputReader(core.getInput)))
  setOutputs(upgradeOutputs(outcome))
  if (outcome.problem) throw outcome.problem
})
