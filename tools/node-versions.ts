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

/** The Node.js that an action with `using: node24` runs on; this process's own where that one cannot be had. */
export function actionNode(): string {
  return nodeVersions().find(({ major }) => major === 24)?.binary ?? process.execPath
}
