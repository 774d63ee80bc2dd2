import type { Better, Format, Measurement } from './format.js'

/** What is read of a run: the pattern's group is the value. */
const metrics: readonly (readonly [pattern: RegExp, metric: string, unit: string, better: Better])[] = [
  [/^ *events per second: +([\d.]+)$/m, 'rate', 'events/s', 'higher'],
  [/^Total operations: \d+ \(([\d.]+) per second\)$/m, 'rate', 'ops/s', 'higher'],
  [/transferred \(([\d.]+) MiB\/sec\)$/m, 'throughput', 'MiB/s', 'higher'],
  [/^ *reads\/s: +([\d.]+)$/m, 'read rate', 'ops/s', 'higher'],
  [/^ *writes\/s: +([\d.]+)$/m, 'write rate', 'ops/s', 'higher'],
  [/^ *fsyncs\/s: +([\d.]+)$/m, 'fsync rate', 'ops/s', 'higher'],
  [/^ *read, MiB\/s: +([\d.]+)$/m, 'read throughput', 'MiB/s', 'higher'],
  [/^ *written, MiB\/s: +([\d.]+)$/m, 'write throughput', 'MiB/s', 'higher'],
  [/^ *avg: +([\d.]+)$/m, 'latency mean', 'ms', 'lower'],
  [/^ *95th percentile: +([\d.]+)$/m, 'latency 95 %', 'ms', 'lower'],
]

const banner = /^sysbench \d.*$/m

/**
 * sysbench 1.0 text; a file may hold many runs one after the other. A run is named after its test, its settings that
 * tell it from the others, and its threads.
 * Source: sysbench 1.0.20, src/sb_logger.c and src/tests.
 */
export const sysbench: Format = {
  name: 'sysbench',
  recognise: (text) => banner.test(text) && text.includes('General statistics:'),
  parse: (text) => text.split(banner).slice(1).flatMap(run),
}

function run(text: string): Measurement[] {
  const name = ['sysbench', test(text), ...settings(text)].join(' ')
  return metrics.flatMap(([pattern, metric, unit, better]) => {
    const value = pattern.exec(text)?.[1]
    return value === undefined ? [] : [{ name, metric, unit, better, values: [Number(value)] }]
  })
}

function test(text: string): string {
  if (text.includes('CPU speed:')) return 'cpu'
  if (text.includes('memory speed test')) return 'memory'
  if (text.includes('File operations:')) return 'fileio'
  return 'other'
}

function settings(text: string): string[] {
  const found = [
    /^Doing (.*) test$/m.exec(text)?.[1],
    /^Using (.*) I\/O mode$/m.exec(text)?.[1],
    /^ *operation: (.*)$/m.exec(text)?.[1],
    /^ *block size:? (.*)$/im.exec(text)?.[1],
  ]
  const threads = /^Number of threads: (\d+)$/m.exec(text)?.[1] ?? '1'
  return [...found.filter((item) => item !== undefined), `x${threads}`]
}
