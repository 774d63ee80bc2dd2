import path from 'node:path'
import { getInputs } from '../actions/build/inputs.js'
import { build } from '../src/image/build.js'
import { InputReader } from '../src/runtime/inputs.js'
import { actionDefaults } from '../tools/action-defaults.js'

/** Builds the default recipe into `folder` with the defaults of the build action, and gives the image's path. */
export async function defaultImage(folder: string): Promise<string> {
  const given: Readonly<Record<string, string | undefined>> = {
    ...actionDefaults('build'),
    version: 'bench',
    output: path.join(folder, 'image'),
  }
  const { image } = await build(getInputs(new InputReader((name) => given[name] ?? '')))
  return image
}
