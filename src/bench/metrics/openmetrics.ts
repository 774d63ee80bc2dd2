import type { Metrics } from './metrics.js'
import type { Family, Labels } from './reading.js'

interface Column {
  readonly labels: Labels
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
}

/**
 * Metrics as OpenMetrics text, a piece for each series.
 * Source: https://prometheus.io/docs/specs/om/open_metrics_spec/: families whole, series whole, times ascending, in seconds.
 */
export function* openMetrics(metrics: Metrics): Generator<string> {
  const start = Date.parse(metrics.startedAt) / 1000
  const all = byName(metrics)
  for (const [name, { family, columns }] of all) {
    const short = name.replace(/_total$/, '')
    // A counter goes by its short name; one that a gauge has already is not said to be a counter.
    const isCounter = family.type === 'counter' && !all.has(short)
    const base = isCounter ? short : name
    const type = isCounter || family.type === 'gauge' ? family.type : 'unknown'
    yield `# TYPE ${base} ${type}\n# HELP ${base} ${escaped(family.help)}\n`
    for (const column of columns) yield* samples(name, column, (time) => (start + time).toFixed(3))
  }
  yield '# EOF\n'
}

/**
 * The same as lines of Prometheus' older text format, whose times are whole milliseconds: what import endpoints take.
 * Source: https://docs.victoriametrics.com/#how-to-import-data-in-prometheus-exposition-format
 */
export function* importLines(metrics: Metrics, more: Labels = {}): Generator<string> {
  const start = Date.parse(metrics.startedAt)
  for (const [name, { columns }] of byName(metrics)) {
    for (const column of columns) {
      const labels = { ...column.labels, ...more }
      yield* samples(name, { ...column, labels }, (time) => (start + 1000 * time).toFixed(0))
    }
  }
}

function byName({ sources }: Metrics): Map<string, { family: Family; columns: Column[] }> {
  const all = new Map<string, { family: Family; columns: Column[] }>()
  for (const { labels, times, series } of sources) {
    for (const { name, type, help, labels: own, values } of series) {
      const found = all.get(name) ?? { family: { type, help }, columns: [] }
      all.set(name, found)
      // Of a name that two sources use for different things the first one's meaning stays.
      if (found.family.type === type) {
        found.columns.push({ labels: { ...own, ...labels }, times, values })
      }
    }
  }
  return all
}

function* samples(
  name: string,
  { labels, times, values }: Column,
  stamp: (time: number) => string,
): Generator<string> {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`)
  const series = `${name}{${pairs.join(',')}}`
  const lines = times.flatMap((time, row) => {
    const value = values[row] ?? null
    return value === null ? [] : [`${series} ${shown(value)} ${stamp(time)}\n`]
  })
  if (lines.length > 0) yield lines.join('')
}

const shown = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
