import { readFileSync } from 'node:fs'
import path from 'node:path'
import { formatSize } from '../runtime/units.js'
import { joining, most } from './formats/join.js'
import { formatOf, measurementsIn } from './formats/registry.js'
import type { ResultFile } from './journal.js'
import type { Result, RunRecord } from './record.js'

/** Bytes of a file, and of all together, beyond which it is kept without being read; results are far smaller. */
const mostBytes = 16 * 2 ** 20
const mostBytesInAll = 64 * 2 ** 20

export interface ReadResults {
  readonly results: readonly Result[]
  readonly files: RunRecord['files']
  /** What the user should know of how they were read. */
  readonly notes: readonly string[]
}

/** Reads the result files in `folder`. What is in no known format stays as it is, and is said to. */
export function readResults(folder: string, files: readonly ResultFile[]): ReadResults {
  const all = joining()
  const notes: string[] = []
  let bytesRead = 0
  const read = files.map(({ path: name, own, bytes }) => {
    const raw = { path: name, bytes, format: null }
    if (bytes === 0) return raw
    if (bytes > mostBytes) {
      notes.push(`${name} has ${formatSize(bytes)}: kept as it is, no results are read from it`)
      return raw
    }
    if (bytes > mostBytesInAll - bytesRead) {
      notes.push(`${name}: kept as it is, results are read from ${formatSize(mostBytesInAll)} at most`)
      return raw
    }
    bytesRead += bytes
    const text = readFileSync(path.join(folder, name), 'utf8')
    const format = formatOf(text)
    const found = format && measurementsIn(format, text, own)
    if (format && found) {
      found.forEach(all.add)
      return { ...raw, format: format.name }
    }
    notes.push(
      format
        ? `${name} looks like ${format.name} but holds no results: kept as it is`
        : `${name} is in no known format: kept as it is`,
    )
    return raw
  })
  const { measurements, left } = all.end()
  const results = measurements.map(({ values, ...rest }) => ({ ...rest, samples: [values] }))
  const limits = `${most.results} results, ${most.values} values of each and ${most.valuesInAll} in all`
  const cut = left === 0 ? [] : [`The record takes at most ${limits}: ${left} values are left out of it`]
  return { results, files: read, notes: [...cut, ...notes] }
}
