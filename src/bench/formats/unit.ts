import type { Better } from './format.js'

const rates =
  /(?:\/|\bper )\s*(?:s|sec|secs|second|seconds|min|minute|h|hour)$|^[kmgt]?i?b(?:it)?ps$|^[kmg]?(?:iops|fps|qps|rps|tps|flops)$/i
const bytes = /^[kmgt]?i?b(?:it|yte)?s?(?:\/|ps)/i
const times = /^(?:ns|us|µs|μs|ms|s|sec|secs|second|seconds|min|minutes?|h|hours?)(?:\/.*)?$/i

/**
 * What a unit alone says of a metric: a rate (`MB/s`, `ops/sec`, `IOPS`) is better the higher it is; a time
 * (`ms`, `ns/op`) and everything else, the lower.
 */
export function byUnit(unit: string): { readonly metric: string; readonly better: Better } {
  if (rates.test(unit)) return { metric: bytes.test(unit) ? 'throughput' : 'rate', better: 'higher' }
  return { metric: times.test(unit) ? 'time' : 'value', better: 'lower' }
}
