import type { Better, Format, Measurement } from './format.js'
import { byUnit } from './unit.js'

/** The name, how often it ran, and pairs of value and unit. */
const result = /^Benchmark(\S+)[ \t]+\d+((?:[ \t]+[\d.e+-]+ \S+)+)$/
const known = new Map<string, readonly [metric: string, better: Better]>([
  ['ns/op', ['time', 'lower']],
  ['MB/s', ['throughput', 'higher']],
  ['B/op', ['memory', 'lower']],
  ['allocs/op', ['allocations', 'lower']],
])

/**
 * `go test -bench`: each pair of value and unit of a benchmark; -count gives iterations. The name begins with the
 * package, for others may have a benchmark of the same name. A metric that a benchmark reports of its own goes by its unit.
 * Source: the Go Benchmark Data Format (golang.org/design/14313-benchmark-format), testing.BenchmarkResult.
 */
export const go: Format = {
  name: 'go',
  recognise: (text) => /^Benchmark\S+[ \t]+\d+[ \t]+[\d.e+-]+ \S/m.test(text),
  parse: (text) => {
    let prefix = ''
    return text.split('\n').flatMap((line) => {
      const told = /^pkg: (\S+)$/.exec(line)?.[1]
      if (told !== undefined) prefix = `${told}.`
      const [, name = '', pairs = ''] = result.exec(line.trimEnd()) ?? []
      return [...pairs.matchAll(/(\S+) (\S+)/g)].map(([, value, unit = '']) =>
        measurement(`${prefix}${name}`, Number(value), unit),
      )
    })
  },
}

function measurement(name: string, value: number, unit: string): Measurement {
  const [metric, better] = known.get(unit) ?? [unit, byUnit(unit).better]
  return { name, metric, unit, better, values: [value] }
}
