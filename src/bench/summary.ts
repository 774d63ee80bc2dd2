import { cell, table } from '../runtime/summary.js'
import { formatDuration, formatSize } from '../runtime/units.js'
import { median, medianAbsoluteDeviation } from '../stats/sample.js'
import type { Artifact } from './artifact.js'
import type { Figure } from './metrics/figures.js'
import { metricsSummary } from './metrics/summary.js'
import type { Result, RunRecord } from './record.js'
import { spansOf } from './spans.js'

const mostRows = 200

/** The step's summary in Markdown. */
export function summaryOf(
  record: RunRecord,
  artifact: Artifact | undefined,
  folder: string,
  figures: readonly Figure[],
): string {
  const { environment, runner, results, files } = record
  const { guest } = environment
  const facts = [
    cell(runner.name),
    cell(formatDuration(runner.seconds * 1000)),
    cell(`${environment.accelerator}, ${guest.cpus} CPUs, ${guest.cpuModel}`),
    cell(`kernel ${guest.kernel}`),
  ]
  return [
    '### Benchmarks',
    ...record.problems.map((problem) => `**${cell(problem.split('\n')[0] ?? '')}**`),
    facts.join(' · '),
    ...(record.partial ? ['The run is **partial**.'] : []),
    ...(files.some(({ format }) => format !== null) ? [] : ['No results in a known format.']),
    ...(results.length === 0
      ? []
      : [table(resultColumns, limited(results, resultRow, resultColumns.length), 'llrrrll')]),
    ...metricsSummary(figures, spansOf(record), runner.seconds),
    ...(files.length === 0 ? [] : [details(files)]),
    artifact === undefined ? `Results: ${cell(folder)}` : artifactLine(artifact),
  ].join('\n\n')
}

const resultColumns = ['benchmark', 'metric', 'median', 'spread', 'n', 'unit', 'better']

/** The median of the boots' medians, and the spread of all values as a share of it. */
function resultRow({ name, metric, unit, better, samples }: Result): string[] {
  const middle = median(samples.map(median))
  const values = samples.flat()
  const spread = medianAbsoluteDeviation(values) / Math.abs(middle)
  const shown = values.length > 1 && Number.isFinite(spread) ? `± ${(100 * spread).toFixed(1)} %` : '–'
  return [cell(name), cell(metric), significant(middle), shown, `${values.length}`, cell(unit), better]
}

/** Four significant digits, thousands set apart, no exponent short of a million million. */
export function significant(value: number): string {
  if (Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-6)) return value.toExponential(3)
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 }).replaceAll(',', ' ')
}

function details(files: RunRecord['files']): string {
  const rows = limited(
    files,
    ({ path, bytes, format }) => [cell(path), cell(formatSize(bytes)), cell(format ?? 'kept as it is')],
    3,
  )
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const title = `${files.length} files, ${formatSize(total)}`
  return `<details><summary>${title}</summary>\n\n${table(['file', 'size', 'format'], rows, 'lrl')}\n</details>`
}

function artifactLine({ url, digest, bytes }: Artifact): string {
  const text = `Artifact (${formatSize(bytes)})`
  return `${url === '' ? text : `[${text}](${url})`} · \`${digest}\``
}

function limited<T>(items: readonly T[], row: (item: T) => string[], columns: number): string[][] {
  const rows = items.slice(0, mostRows).map(row)
  if (items.length <= mostRows) return rows
  return [...rows, [`… and ${items.length - mostRows} more`, ...Array<string>(columns - 1).fill('')]]
}
