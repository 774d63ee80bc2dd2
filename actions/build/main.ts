import * as core from '@actions/core'
import { build } from '../../src/image/build.js'
import { buildOutputs } from '../../src/image/outputs.js'
import { runMain, setOutputs } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  setOutputs(buildOutputs(await build(getInputs(new InputReader(core.getInput)))))
})
