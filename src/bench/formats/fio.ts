import type { Better, Format, Measurement } from './format.js'

interface Direction {
  readonly total_ios: number
  readonly bw_bytes: number
  readonly iops: number
  readonly clat_ns: { readonly mean: number; readonly percentile?: Readonly<Record<string, number>> }
}

interface Report {
  readonly jobs: readonly (Readonly<Record<string, Direction | undefined>> & { readonly jobname: string })[]
}

/**
 * fio --output-format=json. Each job gives bandwidth, operations and completion latency of what it did (read, write,
 * trim). fio may print notes before the JSON.
 * Source: fio(1), "JSON output"; fields as fio 3.33 writes them.
 */
export const fio: Format = {
  name: 'fio',
  recognise: (text) => /^[ \t]*"fio version"\s*:/m.test(text),
  parse: (text) => {
    const report = JSON.parse(text.slice(text.search(/^\{/m))) as Report
    return report.jobs.flatMap((job) =>
      ['read', 'write', 'trim'].flatMap((what) => {
        const done = job[what]
        return done === undefined || done.total_ios === 0 ? [] : measurements(job.jobname, what, done)
      }),
    )
  },
}

function measurements(name: string, what: string, done: Direction): Measurement[] {
  const one = (metric: string, unit: string, better: Better, value: number): Measurement => ({
    name,
    metric: `${what} ${metric}`,
    unit,
    better,
    values: [value],
  })
  const slow = done.clat_ns.percentile?.['99.000000']
  return [
    one('bandwidth', 'B/s', 'higher', done.bw_bytes),
    one('operations', 'IOPS', 'higher', done.iops),
    one('latency mean', 'ns', 'lower', done.clat_ns.mean),
    ...(slow === undefined ? [] : [one('latency 99 %', 'ns', 'lower', slow)]),
  ]
}
