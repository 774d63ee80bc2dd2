import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { warning } from '../runtime/log.js'
import { places } from './journal.js'
import type { Figure } from './metrics/figures.js'
import { svgOf } from './metrics/svg.js'
import { pageCode, pageOf } from './page/page.js'
import type { RunRecord } from './record.js'
import { spansOf } from './spans.js'

/** Writes a run's page and a picture of each figure into its folder. They are a view: the data is in other files. */
export function keepCharts(folder: string, record: RunRecord, figures: readonly Figure[]): void {
  const spans = spansOf(record)
  try {
    if (figures.length > 0) mkdirSync(path.join(folder, places.charts), { mode: 0o700 })
    for (const figure of figures) {
      writeFileSync(path.join(folder, places.charts, `${figure.id}.svg`), svgOf(figure, spans), {
        mode: 0o600,
      })
    }
    const page = pageOf({ record, spans, figures }, pageCode())
    writeFileSync(path.join(folder, places.page), page, { mode: 0o600 })
  } catch (error) {
    warning(`The page of the benchmarks could not be written: ${String(error)}`)
  }
}
