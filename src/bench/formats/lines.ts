import type { Better, Format } from './format.js'
import { byUnit } from './unit.js'

const line = /^(\S+)[ \t]+([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)[ \t]+(\S+)(?:[ \t]+(lower|higher))?$/

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((item) => item.trim())
    .filter((item) => item !== '' && !item.startsWith('#'))
}

/**
 * Lines `name value unit`, or `name value unit lower|higher` to say which way is better where the unit does not (see
 * `byUnit`). `#` begins a comment. A name that comes again is another iteration. Nothing else may be in the file.
 */
export const plainLines: Format = {
  name: 'lines',
  recognise: (text) => {
    const all = lines(text)
    return all.length > 0 && all.every((item) => line.test(item))
  },
  parse: (text) =>
    lines(text).map((item) => {
      const [, name = '', value = '', unit = '', better] = line.exec(item) ?? []
      const known = byUnit(unit)
      return {
        name,
        metric: known.metric,
        unit,
        better: (better as Better | undefined) ?? known.better,
        values: [Number(value)],
      }
    }),
}
