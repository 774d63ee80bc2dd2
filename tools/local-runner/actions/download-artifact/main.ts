import path from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { getInput, setOutput } from '@actions/core'
import { runMain } from '../../../../src/runtime/action.js'
import { UserError } from '../../../../src/runtime/errors.js'
import { InputReader } from '../../../../src/runtime/inputs.js'
import { info } from '../../../../src/runtime/log.js'
import { namePattern } from './name-pattern.js'

/* What actions/download-artifact does with its most used inputs, over the same library. */
await runMain(async () => {
  const inputs = new InputReader((name) => getInput(name))
  const name = inputs.text('name')
  const folder = path.resolve(inputs.text('path'))
  const merge = inputs.boolean('merge-multiple')
  const client = new DefaultArtifactClient()
  const { artifacts } = await client.listArtifacts({ latest: true })
  const pattern = namePattern(inputs.text('pattern') || '*')
  const wanted = artifacts.filter((artifact) =>
    name === '' ? pattern.test(artifact.name) : artifact.name === name,
  )
  if (name !== '' && wanted.length === 0) throw new UserError(`Artifact not found for name: ${name}`)
  for (const { id, name: found, digest } of wanted) {
    const target = name !== '' || merge ? folder : path.join(folder, found)
    const { digestMismatch } = await client.downloadArtifact(id, {
      path: target,
      ...(digest !== undefined && { expectedHash: digest }),
    })
    if (digestMismatch === true)
      throw new UserError(`Artifact ${found} is not what was uploaded: its digest differs`)
    info(`${found}: ${target}`)
  }
  setOutput('download-path', folder)
})
