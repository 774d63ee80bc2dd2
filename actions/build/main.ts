import * as core from '@actions/core'
import { build } from '../../src/image/build.js'
import { buildSummary } from '../../src/image/summary.js'
import { runMain } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { addSummary } from '../../src/runtime/summary.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const result = await build(getInputs(new InputReader(core.getInput)))
  core.setOutput('image', result.image)
  core.setOutput('image-digest', result.imageDigest)
  core.setOutput('version', result.version)
  core.setOutput('cache-hit', result.cacheHit)
  core.setOutput('cache-key', result.cacheKey)
  core.setOutput('manifest', result.manifest)
  addSummary(buildSummary(result))
})
