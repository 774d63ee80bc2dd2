import { inert } from '../../runtime/inert.js'
import { bencher } from './bencher.js'
import { criterion } from './criterion.js'
import { dd } from './dd.js'
import { fio } from './fio.js'
import type { Format, Measurement } from './format.js'
import { githubActionBenchmark } from './github-action-benchmark.js'
import { go } from './go.js'
import { hyperfine } from './hyperfine.js'
import { plainLines } from './lines.js'
import { stressNg } from './stress-ng.js'
import { sysbench } from './sysbench.js'
import { time } from './time.js'

/** Every format that is known, the more particular first. */
export const formats: readonly Format[] = [
  fio,
  hyperfine,
  stressNg,
  sysbench,
  githubActionBenchmark,
  criterion,
  bencher,
  go,
  plainLines,
  dd,
  time,
]

/** Characters of a name, metric or unit that are kept. */
const longest = 200

/** The format of a file's text; undefined when it is none that is known. */
export function formatOf(text: string): Format | undefined {
  return formats.find((format) => {
    try {
      return format.recognise(text)
    } catch {
      return false
    }
  })
}

/** What a file of a known format holds; undefined when it looks like that format and yet makes no sense. */
export function measurementsIn(format: Format, text: string, file: string): Measurement[] | undefined {
  try {
    const good = format.parse(text, file).flatMap((item) => {
      const values = item.values.filter((value) => Number.isFinite(value))
      return values.length === 0 ? [] : [{ ...item, ...named(item), values }]
    })
    return good.length > 0 ? good : undefined
  } catch {
    return undefined
  }
}

function named({ name, metric, unit }: Measurement): Pick<Measurement, 'name' | 'metric' | 'unit'> {
  const short = (text: string): string => inert(text.slice(0, longest))
  return { name: short(name), metric: short(metric), unit: short(unit) }
}
