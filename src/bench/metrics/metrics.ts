import type { Series } from './table.js'
import type { Labels } from './reading.js'

/** What one machine or process did while a benchmark ran. */
export interface Source {
  /** `job` and `instance`, as Prometheus calls where a series comes from. */
  readonly labels: Labels
  /** Seconds since the runner was started, ascending; what came before is negative. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
}

/** Node metrics of a run. In metrics.json as they are here; its schema is docs/schemas/metrics.json. */
export interface Metrics {
  readonly schema: 1
  /** ISO 8601, when the runner was started: second 0. */
  readonly startedAt: string
  readonly sources: readonly Source[]
}
