import * as core from '@actions/core'
import { runPost } from '../../src/runtime/action.js'
import { finishVms } from '../../src/vm/stop.js'

await runPost(async () => {
  await finishVms(core.getState('vm').split('\n'), core.getInput('job-status'))
})
