import { readFileSync } from 'node:fs'
import path from 'node:path'
import { unsupported } from './unsupported.js'

/** This checkout, whose actions are run as they are here whatever ref a workflow names. */
export const root = path.resolve(import.meta.dirname, '../..')

/** Steps of GitHub's own that are built in, over the same libraries. */
const builtIn = ['actions/checkout', 'actions/upload-artifact', 'actions/download-artifact']

/** Where an action's files are. */
export interface ActionSource {
  readonly folder: string
  readonly kind: 'local' | 'own' | 'built-in'
  /** `owner/name` and ref, where the workflow names them. */
  readonly repository?: string
  readonly ref?: string
}

/** `owner/name` of the project this checkout is of, as package.json has it. */
export function ownRepository(): string {
  const { repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    repository: string
  }
  return repository.replace(/^github:/, '')
}

/**
 * @param workspace where `./path` begins
 * @param where for errors, such as `job build`
 * @throws {UserError} for actions that this runner has no code for
 */
export function resolveUses(uses: string, workspace: string, where: string): ActionSource {
  if (uses.startsWith('./')) return { folder: path.join(workspace, uses), kind: 'local' }
  if (uses.startsWith('docker://')) throw unsupported(`Docker container actions: uses: ${uses}`, where)
  const match = /^([^/@]+\/[^/@]+)(\/[^@]*)?@(.+)$/.exec(uses)
  if (!match) throw unsupported(`this form of reference: uses: ${uses}`, where)
  const [, repository = '', folder = '', ref = ''] = match
  if (repository === ownRepository()) return { folder: path.join(root, folder), kind: 'own', repository, ref }
  if (builtIn.includes(repository) && folder === '') {
    const name = path.basename(repository)
    return { folder: path.join(import.meta.dirname, 'actions', name), kind: 'built-in', repository, ref }
  }
  throw unsupported(`third-party actions: uses: ${uses}`, where)
}
