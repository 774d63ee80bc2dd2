import * as core from '@actions/core'
import { runPost } from '../../src/runtime/action.js'
import { finishVm } from '../../src/vm/stop.js'

await runPost(async () => {
  await finishVm(core.getState('vm'), core.getInput('job-status'))
})
