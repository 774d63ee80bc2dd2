import type { Figure } from '../metrics/figures.js'
import type { RunRecord } from '../record.js'
import type { Span } from '../spans.js'

/** What the page shows. All of it may hold what the guest made up: it is only ever shown as text. */
export interface PageData {
  readonly record: RunRecord
  readonly spans: readonly Span[]
  readonly figures: readonly Figure[]
}
