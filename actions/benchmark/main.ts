import * as core from '@actions/core'
import { runBenchmark } from '../../src/bench/benchmark.js'
import { benchmarkOutputs } from '../../src/bench/outputs.js'
import { runMain, setOutputs } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const outcome = await runBenchmark(getInputs(new InputReader(core.getInput)))
  setOutputs(benchmarkOutputs(outcome))
  if (outcome.problem) throw outcome.problem
})
