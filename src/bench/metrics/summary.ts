import { cell, table } from '../../runtime/summary.js'
import { formatDuration } from '../../runtime/units.js'
import type { Span } from '../spans.js'
import type { Figure } from './figures.js'
import { shown } from './shown.js'

const mostPhases = 40
/** Characters of a sparkline, and points of a chart: GitHub draws it 700 pixels wide. */
const sparkWidth = 12
const chartPoints = 60
const mebibyte = 2 ** 20

/** Colours that can be seen on light and dark; Mermaid's own first one is nearly white. */
const look = {
  xyChart: { width: 700, height: 320 },
  themeVariables: { xyChart: { plotColorPalette: '#2f81f7, #e16f24' } },
}

type Values = readonly (number | null)[]

/** What the guest did in each phase, and charts of the whole run, in Markdown; nothing where there are no metrics. */
export function metricsSummary(
  figures: readonly Figure[],
  spans: readonly Span[],
  seconds: number,
): string[] {
  const [cpu, memory, disk] = ['guest-cpu', 'guest-memory', 'guest-disk'].map((id) =>
    figures.find((figure) => figure.id === id),
  )
  if (!cpu) return []
  const whole = { name: 'whole run', start: 0, end: seconds }
  const phases = spans.length === 0 ? [whole] : spans.slice(0, mostPhases)
  const tracks = [track(cpu, ['busy']), track(memory, ['used']), track(disk, ['read', 'written'])]
  const rows = phases.map((span) => [
    cell(span.name),
    cell(formatDuration(1000 * (span.end - span.start))),
    ...tracks.map((each, column) => (each ? sparkCell(each, span, column === 1) : '–')),
  ])
  const more = spans.length > mostPhases ? [`… and ${spans.length - mostPhases} more phases`] : []
  return [
    table(['phase', 'time', 'CPU, mean', 'memory, most', 'disk, mean'], rows, 'lrlll'),
    ...more,
    `<details><summary>Charts of the guest</summary>\n\n${[
      chart('CPU of the guest, per cent', 100, whole, [track(cpu, ['busy'])], 1),
      chart('Memory of the guest, MiB', undefined, whole, [track(memory, ['used'])], mebibyte),
      chart(
        'Disk of the guest, MiB/s: read, written',
        undefined,
        whole,
        [track(disk, ['read']), track(disk, ['written'])],
        mebibyte,
      ),
    ]
      .filter((text) => text !== '')
      .join('\n\n')}\n\n</details>`,
  ]
}

interface Track extends Pick<Figure, 'times' | 'unit'> {
  readonly values: Values
  /** What the highest block of a sparkline stands for. */
  readonly top: number
}

/** Lines of a figure as one. */
function track(figure: Figure | undefined, names: readonly string[]): Track | undefined {
  const lines = figure?.lines.filter(({ name }) => names.includes(name)) ?? []
  if (!figure || lines.length === 0) return undefined
  const values = figure.times.map((_, row) => {
    const all = lines.flatMap((line) => line.values[row] ?? [])
    return all.length === 0 ? null : all.reduce((a, b) => a + b)
  })
  const most = values.reduce<number>((a, b) => Math.max(a, b ?? 0), 0)
  return { times: figure.times, unit: figure.unit, values, top: figure.unit === '%' ? 100 : most }
}

function sparkCell(each: Track, span: Span, most: boolean): string {
  const inside = each.values.filter((value, row): value is number => {
    const time = each.times[row] ?? NaN
    return value !== null && time >= span.start && time <= span.end
  })
  if (inside.length === 0) return '–'
  const figure = most
    ? inside.reduce((a, b) => Math.max(a, b))
    : inside.reduce((a, b) => a + b) / inside.length
  return `${sparkline(resampled(each, span, sparkWidth), each.top)} ${cell(shown(figure, each.unit))}`
}

/** A block of one to eight eighths for each value; a space where there is none. */
export function sparkline(values: Values, top: number): string {
  return values
    .map((value) => {
      if (value === null) return ' '
      const share = top > 0 ? Math.min(Math.max(value / top, 0), 1) : 0
      return '▁▂▃▄▅▆▇█'.charAt(Math.min(Math.floor(share * 8), 7))
    })
    .join('')
}

/** Means over equal parts of a span; at most one part for each value, so that a short span has no holes. */
function resampled(
  { times, values }: Track,
  { start, end }: Pick<Span, 'start' | 'end'>,
  parts: number,
): (number | null)[] {
  const inside = times.filter((time) => time >= start && time <= end).length
  const count = Math.max(Math.min(parts, inside), 1)
  const sums = Array.from({ length: count }, () => ({ sum: 0, count: 0 }))
  times.forEach((time, row) => {
    const value = values[row] ?? null
    const part = sums[Math.min(Math.floor(((time - start) / (end - start)) * count), count - 1)]
    if (value === null || time < start || time > end || !part) return
    part.sum += value
    part.count += 1
  })
  return sums.map((part) => (part.count === 0 ? null : part.sum / part.count))
}

/**
 * A Mermaid chart; it has lines without gaps, so a value that is missing is the one before it.
 * Source: https://mermaid.js.org/syntax/xyChart.html; no word of the guest's is in it.
 */
function chart(
  title: string,
  top: number | undefined,
  span: Span,
  tracks: readonly (Track | undefined)[],
  divisor: number,
): string {
  const lines = tracks.flatMap((each) => {
    if (!each) return []
    let last = 0
    const points = resampled(each, span, chartPoints).map(
      (value) => (last = (value ?? last * divisor) / divisor),
    )
    return points.length > 1 ? [points] : []
  })
  if (lines.length === 0) return ''
  const most = lines.flat().reduce((a, b) => Math.max(a, b), 0)
  return [
    '```mermaid',
    `%%{init: ${JSON.stringify(look)}}%%`,
    'xychart-beta',
    `  title "${title}"`,
    `  x-axis "seconds" 0 --> ${Math.max(Math.round(span.end), 1)}`,
    `  y-axis 0 --> ${top ?? Math.max(Math.ceil(most * 1.1), 1)}`,
    ...lines.map((points) => `  line [${points.map((value) => value.toFixed(1)).join(', ')}]`),
    '```',
  ].join('\n')
}
