import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { addSummary } from '../runtime/summary.js'
import { renderJunit } from './junit.js'
import type { SmokeReport } from './result.js'
import { renderSummary } from './summary.js'
import { renderTap } from './tap-output.js'

/** Absolute paths. */
export interface ReportFiles {
  readonly junit: string
  readonly tap: string
  readonly json: string
}

/** Writes a run's reports into a folder that exists, and its table into the step summary. */
export function writeReports(folder: string, report: SmokeReport): ReportFiles {
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const files = {
    junit: write('junit.xml', renderJunit(report)),
    tap: write('smoke-tests.tap', renderTap(report)),
    json: write('smoke-report.json', `${JSON.stringify(report, null, 2)}\n`),
  }
  addSummary(renderSummary(report))
  return files
}
