import { cpSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { getInput } from '@actions/core'
import { runMain } from '../../../../src/runtime/action.js'
import { InputError } from '../../../../src/runtime/errors.js'
import { info } from '../../../../src/runtime/log.js'
import { run } from '../../../../src/runtime/process.js'

const variable = (name: string): string => process.env[name] ?? ''

async function git(folder: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await run(['git', '-C', folder, ...args])
  return stdout.split('\0').filter((name) => name !== '')
}

/* A clone for the history, then the files as they are in the source, so that steps cannot dirty the real tree. */
await runMain(async () => {
  const source = variable('LOCAL_RUNNER_CHECKOUT')
  const repository = getInput('repository')
  if (repository !== variable('GITHUB_REPOSITORY')) {
    throw new InputError('repository', repository, `${variable('GITHUB_REPOSITORY')}, under the local runner`)
  }
  const folder = path.resolve(variable('GITHUB_WORKSPACE'), getInput('path'))
  mkdirSync(folder, { recursive: true })
  await run(['git', 'init', '--quiet', folder])
  await git(folder, 'fetch', '--quiet', '--tags', source, '+refs/heads/*:refs/remotes/origin/*', 'HEAD')
  const ref = getInput('ref')
  const wanted = ['', variable('GITHUB_SHA'), variable('GITHUB_REF')].includes(ref) ? undefined : ref
  await git(folder, 'checkout', '--quiet', '--detach', wanted ?? variable('GITHUB_SHA'))
  if (wanted !== undefined) {
    info(`${wanted} of ${source}`)
    return
  }
  for (const name of await git(source, 'ls-files', '-z', '--deleted'))
    rmSync(path.join(folder, name), { force: true })
  const changed = await git(source, 'ls-files', '-z', '--modified', '--others', '--exclude-standard')
  const deleted = new Set(await git(source, 'ls-files', '-z', '--deleted'))
  for (const name of changed.filter((item) => !deleted.has(item))) {
    cpSync(path.join(source, name), path.join(folder, name), { recursive: true, verbatimSymlinks: true })
  }
  info(`${variable('GITHUB_SHA')} of ${source} with ${changed.length} uncommitted changes`)
})
