import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../../src/runtime/errors.js'
import { CommandError, run } from '../../src/runtime/process.js'

/** What a run is told about the checkout it is run from. */
export interface Checkout {
  /** Absolute path of its top folder. */
  readonly folder: string
  /** `owner/name`. */
  readonly repository: string
  readonly sha: string
  /** The branch, or `main` when HEAD is detached. */
  readonly branch: string
  readonly defaultBranch: string
  /** Where HEAD left the default branch; the commit before HEAD when it is on it. */
  readonly baseSha: string
  readonly author: string
}

/** @throws {UserError} when the folder is not in a git checkout with a commit */
export async function readCheckout(folder: string): Promise<Checkout> {
  const git = async (...args: string[]): Promise<string | undefined> => {
    try {
      return (await run(['git', '-C', folder, ...args])).stdout.trim()
    } catch (error) {
      if (error instanceof CommandError) return undefined
      throw error
    }
  }
  const top = await git('rev-parse', '--show-toplevel')
  if (top === undefined) throw new UserError(`The workspace ${folder} is not a git checkout`)
  const sha = await git('rev-parse', '--verify', 'HEAD')
  if (sha === undefined) throw new UserError(`The workspace ${folder} has no commit yet`)
  const branch = (await git('symbolic-ref', '--short', 'HEAD')) ?? 'main'
  const remoteHead = await git('symbolic-ref', '--short', 'refs/remotes/origin/HEAD')
  const defaultBranch = remoteHead?.replace(/^origin\//, '') ?? 'main'
  const base = await git('merge-base', 'HEAD', remoteHead ?? defaultBranch)
  const parent = await git('rev-parse', '--verify', 'HEAD^')
  return {
    folder: top,
    repository: repositoryName((await git('remote', 'get-url', 'origin')) ?? '', top),
    sha,
    branch,
    defaultBranch,
    baseSha: (base === sha ? parent : base) ?? parent ?? sha,
    author: (await git('log', '-1', '--format=%an')) ?? 'nobody',
  }
}

function repositoryName(remote: string, folder: string): string {
  const onGitHub = /github\.com[:/]([^/]+\/[^/]+?)(?:\.git)?$/.exec(remote)?.[1]
  return onGitHub ?? fromPackage(path.join(folder, 'package.json')) ?? `local/${path.basename(folder)}`
}

function fromPackage(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  const { repository } = JSON.parse(readFileSync(file, 'utf8')) as { repository?: unknown }
  return typeof repository === 'string' ? /^github:(.+\/.+)$/.exec(repository)?.[1] : undefined
}
