import { readdirSync } from 'node:fs'
import path from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { UserError } from '../runtime/errors.js'

export interface Artifact {
  readonly id: number
  /** The page to download it from; empty where there is none. */
  readonly url: string
  /** sha256:<hex> of the archive. */
  readonly digest: string
  /** Bytes of the archive. */
  readonly bytes: number
}

/**
 * Uploads every file below `folder`, where there is a service for it: GitHub's, or that of the local runner.
 * @returns undefined outside a workflow, where nobody expects one
 * @throws {UserError} that says where the files still are
 */
export async function upload(
  folder: string,
  name: string,
  retentionDays: number | undefined,
): Promise<Artifact | undefined> {
  const { ACTIONS_RESULTS_URL: service = '', ACTIONS_RUNTIME_TOKEN: token = '' } = process.env
  if (service === '' || token === '') {
    if (!inWorkflow()) return undefined
    throw new UserError(
      `The runner offers no artifact service: artifact ${name} is not uploaded.\nIts files are kept in ${folder}`,
    )
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  try {
    const options = retentionDays === undefined ? {} : { retentionDays }
    const { id, digest, size } = await new DefaultArtifactClient().uploadArtifact(
      name,
      files,
      folder,
      options,
    )
    if (id === undefined || digest === undefined) throw new Error('the service gave no id and digest')
    return { id, url: pageOf(id), digest: `sha256:${digest}`, bytes: size ?? 0 }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`Artifact ${name} could not be uploaded: ${why}\nIts files are kept in ${folder}`)
  }
}

/** Source: docs.github.com, default environment variables: set on every runner, and only there. */
function inWorkflow(): boolean {
  return (process.env.GITHUB_ACTIONS ?? '') !== ''
}

function pageOf(id: number, env: NodeJS.ProcessEnv = process.env): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  if (server === undefined || repository === undefined || run === undefined) return ''
  return `${server}/${repository}/actions/runs/${run}/artifacts/${id}`
}
