import type { Better, Format, Measurement } from './format.js'

/** What is read of a stressor: its key, what that is called here ($1 being the key's group), and what its value is in. */
const keys: readonly { readonly key: RegExp; metric: string; unit: string; better: Better }[] = [
  { key: /^bogo-ops-per-second-real-time$/, metric: 'rate', unit: 'bogo-ops/s', better: 'higher' },
  { key: /^(?:mb-per-sec|mb-sec|mbsec)-(.+)$/, metric: '$1', unit: 'MB/s', better: 'higher' },
  { key: /^nanosecs?-(per-.+)$/, metric: 'time $1', unit: 'ns', better: 'lower' },
]

/**
 * stress-ng --metrics --yaml: of each stressor the operations in a second of real time, and those of its own metrics
 * that say what they are in. It is read line by line, as stress-ng writes it: YAML as a whole is a lot to let in.
 * Source: stress-ng(1), and core-metrics.c of stress-ng 0.15.06.
 */
export const stressNg: Format = {
  name: 'stress-ng',
  recognise: (text) => /^ +stress-ng-version: /m.test(text),
  parse: (text) => {
    const [, section = ''] = text.split(/^metrics:$/m)
    const [metrics = ''] = section.split(/^\S/m)
    return metrics
      .split(/^ +- stressor: /m)
      .slice(1)
      .flatMap(stressor)
  },
}

function stressor(text: string): Measurement[] {
  const [name = '', ...lines] = text.split('\n')
  return lines.flatMap((line) => {
    const [, key = '', value] = /^ +([\w-]{1,100}): ([\d.]+)$/.exec(line) ?? []
    const known = keys.find((item) => item.key.test(key))
    if (known === undefined) return []
    const { unit, better } = known
    const metric = key.replace(known.key, known.metric).replaceAll('-', ' ')
    return [{ name: `stress-ng ${name}`, metric, unit, better, values: [Number(value)] }]
  })
}
