import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { warning } from '../runtime/log.js'
import type { SmokeReport } from './result.js'

/**
 * Seconds by the names of tests, from a smoke report of an earlier run, or from all that are in a folder and those
 * below it: the parts of a sharded run leave one each. They only make a plan better, so what is not there, or is no
 * report, is no error.
 */
export function readDurations(fileOrFolder: string): ReadonlyMap<string, number> {
  const durations = new Map<string, number>()
  for (const file of reportsIn(fileOrFolder)) {
    try {
      const { tests } = JSON.parse(readFileSync(file, 'utf8')) as Pick<SmokeReport, 'tests'>
      for (const { name, seconds, attempts } of tests) {
        if (attempts.length > 0 && Number.isFinite(seconds)) durations.set(name, seconds)
      }
    } catch {
      warning(`Input durations: ${file} is not a smoke report; the plan of the shards does without`)
    }
  }
  return durations
}

function reportsIn(fileOrFolder: string): string[] {
  if (!existsSync(fileOrFolder)) return []
  if (!statSync(fileOrFolder).isDirectory()) return [fileOrFolder]
  return readdirSync(fileOrFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'smoke-report.json')
    .sort()
    .map((name) => path.join(fileOrFolder, name))
}
