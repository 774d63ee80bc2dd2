import { readFileSync } from 'node:fs'
import path from 'node:path'
import { formatSize } from '../runtime/units.js'
import type { Measurement } from './formats/format.js'
import { formatOf, joined, measurementsIn } from './formats/registry.js'
import type { Result, RunRecord } from './record.js'

/** Bytes of a file beyond which it is kept without being read; results are far smaller. */
const mostBytes = 16 * 2 ** 20
/** Results beyond which no more are taken into a record. */
const mostResults = 10_000

export interface ReadResults {
  readonly results: readonly Result[]
  readonly files: RunRecord['files']
  /** What the user should know of how they were read. */
  readonly notes: readonly string[]
}

/** Reads the result files in `folder`. What is in no known format stays as it is, and is said to. */
export function readResults(
  folder: string,
  files: readonly { readonly path: string; readonly bytes: number }[],
): ReadResults {
  const measurements: Measurement[] = []
  const notes: string[] = []
  const read = files.map(({ path: name, bytes }) => {
    const raw = { path: name, bytes, format: null }
    if (bytes === 0) return raw
    if (bytes > mostBytes) {
      notes.push(`${name} has ${formatSize(bytes)}: kept as it is, no results are read from it`)
      return raw
    }
    const text = readFileSync(path.join(folder, name), 'utf8')
    const format = formatOf(text)
    const found = format && measurementsIn(format, text, path.parse(name).name)
    if (format && found) {
      for (const item of found) measurements.push(item)
      return { ...raw, format: format.name }
    }
    notes.push(
      format
        ? `${name} looks like ${format.name} but holds no results: kept as it is`
        : `${name} is in no known format: kept as it is`,
    )
    return raw
  })
  const all = joined(measurements)
  if (all.length > mostResults)
    notes.push(`${all.length} results were found; the first ${mostResults} are taken`)
  const results = all.slice(0, mostResults).map(({ values, ...rest }) => ({ ...rest, samples: [values] }))
  return { results, files: read, notes }
}
