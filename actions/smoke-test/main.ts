import * as core from '@actions/core'
import { runMain, setOutputs } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { smokeOutputs } from '../../src/smoke/outputs.js'
import { runSmokeTests } from '../../src/smoke/smoke.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const outcome = await runSmokeTests(getInputs(new InputReader(core.getInput)))
  setOutputs(smokeOutputs(outcome))
  if (outcome.error) throw outcome.error
})
