import { visible } from '../../runtime/inert.js'
import type { Family, Labels, MetricType, Reading } from './reading.js'

/** What an endpoint told at one moment. */
export interface Exposition {
  readonly readings: readonly Reading[]
  readonly families: Readonly<Record<string, Family>>
}

const name = /[a-zA-Z_:][a-zA-Z0-9_:]*/
const sample = new RegExp(`^(${name.source})(?:\\{(.*)\\})? (\\S+)(?: -?\\d+)?$`)
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/g
const most = 2000

/**
 * Reads Prometheus' text format; what is in none is left out. Histograms and summaries come as the plain series that
 * they consist of, of unknown type.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function readExposition(text: string): Exposition {
  const types = new Map<string, string>()
  const helps = new Map<string, string>()
  const readings: Reading[] = []
  for (const line of text.split('\n')) {
    const [, what, of = '', rest = ''] = new RegExp(`^# (TYPE|HELP) (${name.source}) (.*)$`).exec(line) ?? []
    if (what === 'TYPE') types.set(of, rest)
    if (what === 'HELP') helps.set(of, visible(rest).slice(0, 500))
    const found = readings.length < most ? sample.exec(line) : null
    if (found)
      readings.push({ name: found[1] ?? '', labels: labelsIn(found[2] ?? ''), value: valueOf(found[3]) })
  }
  const families = Object.fromEntries(
    readings.map(({ name }) => [name, { type: typeOf(name, types.get(name)), help: helps.get(name) ?? '' }]),
  )
  return { readings: readings.filter(({ value }) => !Number.isNaN(value)), families }
}

/** OpenMetrics has a counter end in _total, and reserves endings for what is no gauge. */
function typeOf(series: string, said: string | undefined): MetricType {
  if (said === 'counter' && series.endsWith('_total')) return 'counter'
  return said === 'gauge' && !/_(total|created|bucket|count|sum|gcount|gsum|info)$/.test(series)
    ? 'gauge'
    : 'unknown'
}

function labelsIn(text: string): Labels {
  return Object.fromEntries(
    [...text.matchAll(label)].map(([, key = '', value = '']) => [
      key,
      visible(
        value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : String(character))),
      ).slice(0, 500),
    ]),
  )
}

function valueOf(text = ''): number {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}
