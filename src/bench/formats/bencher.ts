import type { Better, Format, Measurement } from './format.js'
import { byUnit } from './unit.js'

interface Metric {
  readonly value: number
}
/** Benchmarks, each with its measures. */
type Report = Readonly<Record<string, Readonly<Record<string, Metric>>>>

/** The measures that every project of Bencher has, which need no unit in the file. */
const builtIn = new Map<string, readonly [metric: string, unit: string, better: Better]>([
  ['latency', ['latency', 'ns', 'lower']],
  ['throughput', ['throughput', 'ops/s', 'higher']],
  ['build-time', ['build time', 's', 'lower']],
  ['file-size', ['file size', 'bytes', 'lower']],
])

function report(text: string): Report | undefined {
  if (!/^\s*\{/.test(text) || !text.includes('"value"')) return undefined
  const all = JSON.parse(text) as unknown
  const measures = valuesOf(all).flatMap(valuesOf)
  const good = measures.every(
    (measure) => typeof (measure as Partial<Metric> | null | undefined)?.value === 'number',
  )
  return good && measures.length > 0 ? (all as Report) : undefined
}

/** What an object holds; one thing that is nothing where it is none or empty. */
function valuesOf(item: unknown): unknown[] {
  const values = typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : []
  return values.length > 0 ? values : [undefined]
}

/**
 * Bencher Metric Format: {benchmark: {measure: {value}}}. It has neither unit nor direction: Bencher's own measures
 * have theirs, those named like `read bandwidth (B/s)` say it, of others nothing is known but the number.
 * Source: bencher.dev/docs/reference/bencher-metric-format; the measures' units: docs/explanation/measures.
 */
export const bencher: Format = {
  name: 'bencher',
  recognise: (text) => report(text) !== undefined,
  parse: (text) =>
    Object.entries(report(text) ?? {}).flatMap(([name, measures]) =>
      Object.entries(measures).map(([measure, { value }]): Measurement => {
        const [metric, unit, better] = builtIn.get(measure) ?? told(measure)
        return { name, metric, unit, better, values: [value] }
      }),
    ),
}

function told(measure: string): readonly [metric: string, unit: string, better: Better] {
  const [, metric = measure, unit = ''] = /^(.*\S) \(([^()]+)\)$/.exec(measure) ?? []
  return [metric, unit, byUnit(unit).better]
}

/** Characters that a measure's name may have. Source: as above. */
const longestMeasure = 64

/** What to call a measure so that its unit comes back. */
export function measureOf({ metric, unit }: Pick<Measurement, 'metric' | 'unit'>): string {
  const own = [...builtIn].find(([, known]) => known[0] === metric && known[1] === unit)
  if (own) return own[0]
  const told = unit === '' ? '' : ` (${unit})`
  return `${metric.slice(0, longestMeasure - told.length)}${told}`.slice(0, longestMeasure)
}
