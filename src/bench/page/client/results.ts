import type { Result, RunRecord } from '../../record.js'
import { median, medianAbsoluteDeviation } from '../../../stats/sample.js'
import { element } from './element.js'
import { digits } from '../../metrics/shown.js'

/** Rows that are shown at once, and from how many on one wants to search. */
const mostRows = 500
const many = 12

/** The table of what was measured. */
export function results({ results: all }: RunRecord): HTMLElement {
  const body = element('tbody')
  const note = element('p', { className: 'hint' })
  const show = (wanted: string): void => {
    const found = all.filter(({ name, metric }) => `${name} ${metric}`.toLowerCase().includes(wanted))
    body.replaceChildren(...found.slice(0, mostRows).map(row))
    note.textContent = found.length > mostRows ? `… and ${found.length - mostRows} more` : ''
  }
  show('')
  const head = ['Benchmark', 'Metric', 'Median', 'Unit', 'Spread', 'Values', 'Better'].map((title, column) =>
    element('th', { className: column === 2 ? 'number' : '' }, [title]),
  )
  return element('section', { className: 'results' }, [
    element('div', { className: 'line' }, [
      element('h2', {}, ['Results']),
      ...(all.length > many ? [search(show)] : []),
    ]),
    ...(all.length === 0
      ? [element('p', {}, ['No results in a known format.'])]
      : [
          element('div', { className: 'scroll' }, [
            element('table', {}, [element('thead', {}, [element('tr', {}, head)]), body]),
          ]),
          note,
        ]),
  ])
}

function search(show: (wanted: string) => void): HTMLElement {
  const input = element('input', { type: 'search', placeholder: 'Find a benchmark' })
  input.setAttribute('aria-label', 'Find a benchmark')
  input.addEventListener('input', () => {
    show(input.value.trim().toLowerCase())
  })
  return input
}

function row({ name, metric, unit, better, samples }: Result): HTMLElement {
  const middle = median(samples.map(median))
  const values = samples.flat()
  const spread = medianAbsoluteDeviation(values) / Math.abs(middle)
  return element('tr', {}, [
    element('td', { className: 'name', title: name }, [name]),
    element('td', {}, [metric]),
    element('td', { className: 'number' }, [digits(middle)]),
    element('td', {}, [unit]),
    element('td', {}, [
      values.length > 1 && Number.isFinite(spread) ? `± ${(100 * spread).toFixed(1)} %` : '–',
    ]),
    element('td', {}, [values.length > 1 ? strip(values) : '1']),
    element('td', { className: 'better', title: `${better} is better` }, [
      better === 'higher' ? '↑ higher' : '↓ lower',
    ]),
  ])
}

/** Every value as a dot between the smallest and the largest. */
function strip(values: readonly number[]): HTMLElement {
  const least = values.reduce((a, b) => Math.min(a, b))
  const most = values.reduce((a, b) => Math.max(a, b))
  const title = `${values.length} values from ${digits(least)} to ${digits(most)}`
  const dots = values.slice(0, 100).map((value) => {
    const dot = element('i')
    dot.style.left = `${most > least ? (100 * (value - least)) / (most - least) : 50}%`
    return dot
  })
  return element('span', { className: 'dots', title }, [element('b', {}, dots), String(values.length)])
}
