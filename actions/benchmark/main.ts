import * as core from '@actions/core'
import { runBenchmark } from '../../src/bench/benchmark.js'
import { runMain } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const outcome = await runBenchmark(getInputs(new InputReader(core.getInput)))
  core.setOutput('artifact-id', outcome.artifact?.id ?? '')
  core.setOutput('artifact-url', outcome.artifact?.url ?? '')
  core.setOutput('artifact-digest', outcome.artifact?.digest ?? '')
  core.setOutput('results', outcome.results)
  core.setOutput('record', outcome.record)
  core.setOutput('runner-exit-code', outcome.runnerExitCode ?? '')
  if (outcome.problem !== undefined) throw outcome.problem
})
