import { statSync } from 'node:fs'
import path from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { getInput, setOutput } from '@actions/core'
import { create } from '@actions/glob'
import { runMain } from '../../../../src/runtime/action.js'
import { UserError } from '../../../../src/runtime/errors.js'
import { InputReader } from '../../../../src/runtime/inputs.js'
import { info, warning } from '../../../../src/runtime/log.js'
import { commonFolder } from './common-folder.js'

/* What actions/upload-artifact does with its most used inputs, over the same library. */
await runMain(async () => {
  const inputs = new InputReader((name) => getInput(name))
  const name = inputs.required('name', 'a name')
  const patterns = inputs.required('path', 'files, folders or globs, one a line')
  const ifNone = inputs.choice('if-no-files-found', ['warn', 'error', 'ignore'])
  const retentionDays = inputs.optional('retention-days', (input) => inputs.integer(input, 0, 400))
  const compressionLevel = inputs.integer('compression-level', 0, 9)
  const excludeHiddenFiles = !inputs.boolean('include-hidden-files')

  const globber = await create(patterns, { excludeHiddenFiles })
  const files = (await globber.glob()).filter((file) => !statSync(file).isDirectory())
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${patterns}. No artifacts will be uploaded.`
    if (ifNone === 'error') throw new UserError(message)
    if (ifNone === 'warn') warning(message)
    else info(message)
    return
  }
  const client = new DefaultArtifactClient()
  if (inputs.boolean('overwrite')) await client.deleteArtifact(name).catch(() => undefined)
  const { id, digest } = await client.uploadArtifact(name, files, root(globber.getSearchPaths(), files), {
    compressionLevel,
    ...(retentionDays !== undefined && retentionDays > 0 && { retentionDays }),
  })
  const run = `${process.env.GITHUB_SERVER_URL ?? ''}/${process.env.GITHUB_REPOSITORY ?? ''}/actions/runs`
  setOutput('artifact-id', id)
  setOutput('artifact-digest', digest)
  setOutput('artifact-url', `${run}/${process.env.GITHUB_RUN_ID ?? ''}/artifacts/${id ?? ''}`)
})

/* One search path is the root of the archive, several have their common folder there, a lone file its own. */
function root(searchPaths: readonly string[], files: readonly string[]): string {
  const [only = '', second] = searchPaths
  if (second !== undefined) return commonFolder(searchPaths)
  return files.length === 1 && files[0] === only ? path.dirname(only) : only
}
