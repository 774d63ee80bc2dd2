import { copyFileSync, lstatSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import type { StepRecord } from './record.js'

/** Reports and logs, rather than images, keys and sockets. */
const kinds = new Set(['.csv', '.html', '.json', '.log', '.md', '.tap', '.txt', '.xml'])

/** Bytes. */
const largest = 20 * 2 ** 20

/**
 * Copies the files that steps name in their outputs out of the workspace and RUNNER_TEMP, which do not last.
 * @returns the records with `files`, by output, below the run's folder
 */
export function keepFiles(
  records: readonly StepRecord[],
  runFolder: string,
  jobFolder: string,
): StepRecord[] {
  return records.map((record, index) => {
    const named = Object.entries(record.outputs).filter(([, value]) => isReport(value))
    if (named.length === 0) return record
    const folder = path.join(jobFolder, 'files', record.id ?? String(index + 1))
    mkdirSync(folder, { recursive: true })
    const files = named.map(([name, value]) => {
      const copy = path.join(folder, path.basename(value))
      copyFileSync(value, copy)
      return [name, path.relative(runFolder, copy)]
    })
    return { ...record, files: Object.fromEntries(files) as Record<string, string> }
  })
}

function isReport(value: string): boolean {
  if (!path.isAbsolute(value) || !kinds.has(path.extname(value))) return false
  const found = lstatSync(value, { throwIfNoEntry: false })
  return found?.isFile() === true && found.size <= largest
}
