import * as core from '@actions/core'
import { runMain } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { runSmokeTests } from '../../src/smoke/smoke.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const { report, files, error } = await runSmokeTests(getInputs(new InputReader(core.getInput)))
  for (const name of ['passed', 'failed', 'skipped', 'flaky'] as const) {
    core.setOutput(name, report.counts[name])
  }
  core.setOutput('junit', files.junit)
  core.setOutput('tap', files.tap)
  core.setOutput('report', files.json)
  if (error !== undefined) throw error
})
