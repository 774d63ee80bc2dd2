import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { checkout } from '../runtime/checkout.js'
import { info, warning } from '../runtime/log.js'
import { run } from '../runtime/process.js'
import { share } from './share.js'
import { wideRecords } from './unpack.js'

/** What is packed, relative to a workspace of its own: the service finds an entry by its key and this very string. */
export const packed = 'entry'

/** The service behind actions/cache, as this job has it. Trouble with it is one warning, after which it is left alone. */
export interface RemoteCache {
  /** The folder of an entry, unverified; undefined when there is none. */
  restore(key: string): Promise<string | undefined>
  /** Has a sealed folder saved by `saveAll`; nothing waits for that but the end of the build. */
  saveLater(key: string, folder: string): void
  saveAll(): Promise<void>
}

/** Milliseconds that an entry may take on its way; gigabytes on a slow line. */
const transferTime = 15 * 60_000

/**
 * For the zstd of actions/cache: entries are compressed already.
 * Source: zstd(1), environment variables.
 */
const quickly = { ZSTD_CLEVEL: '1' }

/**
 * For the tar of actions/cache, which takes absolute names and links as they are: whatever an archive holds ends
 * directly in `entry`, which nothing in it can be a link in place of, under its last name and without special modes.
 * Source: GNU tar manual, 3.3 (TAR_OPTIONS), 6.7 (--transform)
 */
const confined = {
  TAR_OPTIONS: [
    `--transform=s,^[^/]*$,rest,S;s,^.*/,${packed}/,S`,
    ...['--no-same-permissions', '--no-same-owner', ...wideRecords],
  ].join(' '),
}

/** The cache service of this job, if it has one; a laptop has not. @param scratch a private folder */
export function openRemote(scratch: string): RemoteCache | undefined {
  const { ACTIONS_RESULTS_URL: v2 = '', ACTIONS_CACHE_URL: v1 = '' } = process.env
  if (`${v1}${v2}` === '') return undefined
  const toSave: { readonly key: string; readonly folder: string }[] = []
  let inTrouble = false

  async function tell(does: 'restore' | 'save', key: string, workspace: string): Promise<boolean> {
    const trouble = await client(does, key, workspace)
    if (trouble === undefined) return true
    inTrouble = true
    warning(`The cache could not ${does} ${key}, which is no harm but to speed: ${trouble}`)
    return false
  }

  return {
    async restore(key) {
      if (inTrouble) return undefined
      const workspace = mkdtempSync(path.join(scratch, 'restore-'))
      if (!(await tell('restore', key, workspace))) return undefined
      const entry = path.join(workspace, packed)
      const status = lstatSync(entry, { throwIfNoEntry: false })
      if (!status?.isDirectory()) return undefined
      for (const item of readdirSync(entry, { withFileTypes: true })) {
        if (item.isFile()) chmodSync(path.join(entry, item.name), 0o444)
      }
      return entry
    },
    saveLater(key, folder) {
      toSave.push({ key, folder })
    },
    async saveAll() {
      for (const { key, folder } of toSave.splice(0)) {
        if (inTrouble) return
        info(`Saving ${key}`)
        const workspace = mkdtempSync(path.join(scratch, 'save-'))
        mkdirSync(path.join(workspace, packed))
        for (const name of readdirSync(folder)) {
          share(path.join(folder, name), path.join(workspace, packed, name))
        }
        await tell('save', key, workspace)
      }
    },
  }
}

/**
 * Runs the client of actions/cache as a process of its own, which can be ended when the service hangs, and whose working
 * directory and temporary files are in the workspace.
 * @returns what went wrong, for people
 */
async function client(does: 'restore' | 'save', key: string, workspace: string): Promise<string | undefined> {
  const bundle = path.join(checkout(), 'dist/cache-client/index.js')
  const env = {
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: workspace,
    ...(does === 'save' ? quickly : confined),
  }
  try {
    const { stdout } = await run([process.execPath, bundle, does, key], {
      cwd: workspace,
      env,
      timeout: transferTime,
    })
    // The library swallows its errors and prints a command for the runner instead.
    return /^::(?:warning|error)::(.*)$/m.exec(stdout)?.[1]
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
