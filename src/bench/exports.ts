import { median, medianAbsoluteDeviation } from '../stats/sample.js'
import { measureOf } from './formats/bencher.js'
import type { Result } from './record.js'

/** Files in the words of other tools, by name. One that would hold nothing is left out. */
export function exportsOf(results: readonly Result[]): ReadonlyMap<string, string> {
  const files = [
    ['bencher.json', toBencher(results), results],
    ...(['lower', 'higher'] as const).map((better) => {
      const some = results.filter((result) => result.better === better)
      const name = better === 'lower' ? 'smaller-is-better.json' : 'bigger-is-better.json'
      return [name, toGithubActionBenchmark(some), some] as const
    }),
  ] as const
  return new Map(
    files
      .filter(([, , held]) => held.length > 0)
      .map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]),
  )
}

/**
 * The custom format of github-action-benchmark, in which one file's values are all better the same way: it is told
 * customSmallerIsBetter or customBiggerIsBetter.
 * Source: its README, "Benchmark action with your own tool".
 */
export function toGithubActionBenchmark(
  results: readonly Result[],
): { name: string; unit: string; value: number; range?: string; extra: string }[] {
  return results.map(({ name, metric, unit, samples }) => {
    const values = samples.flat()
    const spread = values.length > 1 ? { range: `± ${medianAbsoluteDeviation(values)}` } : {}
    const boots = `${samples.length} ${samples.length === 1 ? 'boot' : 'boots'}`
    const extra = `${values.length} ${values.length === 1 ? 'value' : 'values'} of ${boots}`
    return { name: `${name}, ${metric}`, unit, value: middle(samples), ...spread, extra }
  })
}

type BencherMetric = Readonly<Record<'value' | 'lower_value' | 'upper_value', number>>

/**
 * Bencher Metric Format; the values between the least and the greatest.
 * Source: bencher.dev/docs/reference/bencher-metric-format.
 */
export function toBencher(
  results: readonly Result[],
): Readonly<Record<string, Readonly<Record<string, BencherMetric>>>> {
  const benchmarks = new Map<string, [measure: string, metric: BencherMetric][]>()
  for (const result of results) {
    const values = result.samples.flat()
    const least = values.reduce((a, b) => Math.min(a, b))
    const greatest = values.reduce((a, b) => Math.max(a, b))
    const metric = { value: middle(result.samples), lower_value: least, upper_value: greatest }
    const measures = benchmarks.get(result.name) ?? []
    benchmarks.set(result.name, [...measures, [measureOf(result), metric]])
  }
  return Object.fromEntries([...benchmarks].map(([name, measures]) => [name, Object.fromEntries(measures)]))
}

function middle(samples: Result['samples']): number {
  return median(samples.map(median))
}
