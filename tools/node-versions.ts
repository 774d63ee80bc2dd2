/** The Node.js releases that `tools/setup.mjs` installs beside the machine's own. */
import { existsSync } from 'node:fs'
import path from 'node:path'

const folder = path.join(import.meta.dirname, 'node-versions/node_modules')

/** What runs.using of the actions asks for, and the oldest release supported; those that this platform has. */
export function nodeVersions(): { major: number; binary: string }[] {
  return [24, 20]
    .map((major) => ({ major, binary: path.join(folder, `node${major}/bin/node`) }))
    .filter(({ binary }) => existsSync(binary))
}
