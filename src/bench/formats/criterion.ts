import path from 'node:path'
import type { Format, Measurement } from './format.js'

interface Estimate {
  readonly point_estimate: number
}
interface Estimates {
  readonly mean: Estimate
  readonly slope: Estimate | null
}
interface Message {
  readonly reason: string
  readonly id: string
  readonly typical: { readonly estimate: number; readonly unit: string }
}

/** In how many nanoseconds each unit is that a person is shown. */
const nanoseconds: Readonly<Record<string, number>> = { ps: 1e-3, ns: 1, µs: 1e3, us: 1e3, ms: 1e6, s: 1e9 }

/** A benchmark's name, on the line or the one above, and the middle of the three numbers of its time. */
const printed = /^(\S.*?)?\s+time:\s+\[[\d.]+ \S+ ([\d.]+) (\S+) [\d.]+ \S+\]$/

/**
 * Criterion, the benchmarks of Rust: its folder target/criterion (`estimates.json` of the newest run, named by the
 * folders it lies in), what `cargo bench` prints, or `cargo criterion --message-format=json`. Each gives the time that
 * Criterion itself shows: the slope of its samples, or their mean where it measured no slope.
 * Source: criterion.rs 0.5, src/estimate.rs and src/report.rs; cargo-criterion 1.1, src/message_formats/json.rs.
 */
export const criterion: Format = {
  name: 'criterion',
  recognise: (text) =>
    isEstimates(text) || text.includes('"reason":"benchmark-complete"') || text.split('\n').some(isTime),
  parse: (text, file) => {
    if (isEstimates(text)) return estimates(text, file)
    return text.startsWith('{') ? messages(text) : lines(text)
  },
}

function isEstimates(text: string): boolean {
  return text.startsWith('{"mean":{"confidence_interval":') && text.includes('"std_dev":')
}

function isTime(line: string): boolean {
  return line.length < 1000 && line.includes('time:') && printed.test(line)
}

/** Beside `new` there may be `base` with the run before, which is no result of now. */
function estimates(text: string, file: string): Measurement[] {
  const folders = path.posix.dirname(file).split('/')
  if (folders.pop() !== 'new') return []
  const name = folders.slice(folders.lastIndexOf('criterion') + 1).join('/')
  const { mean, slope } = JSON.parse(text) as Estimates
  return [time(name, (slope ?? mean).point_estimate)]
}

function messages(text: string): Measurement[] {
  return text
    .split('\n')
    .filter((line) => line.includes('"reason":"benchmark-complete"'))
    .map((line) => JSON.parse(line) as Message)
    .map(({ id, typical }) => time(id, typical.estimate * (nanoseconds[typical.unit] ?? NaN)))
}

function lines(text: string): Measurement[] {
  const all = text.split('\n')
  return all.flatMap((line, index) => {
    if (!isTime(line)) return []
    const [, name, value, unit = ''] = printed.exec(line) ?? []
    return [time(name ?? all[index - 1]?.trim() ?? '', Number(value) * (nanoseconds[unit] ?? NaN))]
  })
}

function time(name: string, value: number): Measurement {
  return { name, metric: 'time', unit: 'ns', better: 'lower', values: [value] }
}
