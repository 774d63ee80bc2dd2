import { inert } from '../../runtime/inert.js'
import { dd } from './dd.js'
import { fio } from './fio.js'
import type { Format, Measurement } from './format.js'
import { githubActionBenchmark } from './github-action-benchmark.js'
import { plainLines } from './lines.js'
import { sysbench } from './sysbench.js'

/** Every format that is known, the more particular first. */
export const formats: readonly Format[] = [fio, githubActionBenchmark, sysbench, plainLines, dd]

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
export function measurementsIn(format: Format, text: string, stem: string): Measurement[] | undefined {
  try {
    const good = format.parse(text, stem).flatMap((item) => {
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
