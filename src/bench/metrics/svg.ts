import type { Figure } from './figures.js'
import type { Span } from '../spans.js'
import { shown } from './shown.js'

const size = { width: 720, height: 240, left: 78, right: 24, top: 44, bottom: 26 }
const colours = ['#2563eb', '#d9480f', '#0d9488', '#9333ea', '#b8860b', '#db2777']
const style = `svg{color:#1c2330;background:#fff;font:11px system-ui,sans-serif}
@media(prefers-color-scheme:dark){svg{color:#e4e8ef;background:#171e28}}
text{fill:currentColor}.faint{opacity:.6}.grid{stroke:currentColor;opacity:.15}path{fill:none;stroke-width:1.5}`
/** Points of one line; a picture of this width cannot show more. */
const mostPoints = 1000

/** A figure as a picture that stands alone: no script, nothing from elsewhere. */
export function svgOf({ title, unit, times, lines, id }: Figure, spans: readonly Span[]): string {
  const end = Math.max(times.at(-1) ?? 0, spans.at(-1)?.end ?? 0, 1)
  const most = id.endsWith('-cpu')
    ? 100
    : topOf(lines.flatMap(({ values }) => values.flatMap((value) => value ?? [])))
  const x = (time: number): number =>
    size.left + (Math.max(time, 0) / end) * (size.width - size.left - size.right)
  const y = (value: number): number =>
    size.height - size.bottom - (value / most) * (size.height - size.top - size.bottom)
  const at = (value: number): string => value.toFixed(1)
  const floor = size.height - size.bottom

  const bands = spans.map(({ name, start, end: until }, index) => {
    const [from, width] = [x(start), x(until) - x(start)]
    const label = name.length * 6.2 < width ? text(from + 3, size.top + 11, name, ' class="faint"') : ''
    const shade = `<rect x="${at(from)}" y="${size.top}" width="${at(width)}" height="${floor - size.top}" fill="${colours[index % 6] ?? ''}" opacity=".1"/>`
    return `${shade}<title>${escaped(name)}</title>${label}`
  })
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<path class="grid" d="M${size.left} ${at(y(share * most))}H${size.width - size.right}"/>`,
    text(size.left - 6, y(share * most) + 4, shown(share * most, unit), ' text-anchor="end" class="faint"'),
    text(x(share * end), floor + 16, `${Math.round(share * end)} s`, ' text-anchor="middle" class="faint"'),
  ])
  const legend: string[] = []
  let place = size.left
  lines.forEach(({ name }, index) => {
    legend.push(`<rect x="${place}" y="26" width="9" height="9" rx="2" fill="${colours[index % 6] ?? ''}"/>`)
    legend.push(text(place + 13, 34, name))
    place += 13 + name.length * 6.5 + 14
  })
  const paths = lines.map(({ values }, index) => {
    const step = Math.max(Math.ceil(times.length / mostPoints), 1)
    let pen = 'M'
    const d = times.flatMap((time, row) => {
      const value = values[row] ?? null
      if (row % step !== 0 || time < 0) return []
      if (value === null) {
        pen = 'M'
        return []
      }
      const point = `${pen}${at(x(time))} ${at(y(Math.min(value, most)))}`
      pen = 'L'
      return [point]
    })
    return `<path d="${d.join('')}" stroke="${colours[index % 6] ?? ''}"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-label="${escaped(title)}">
<style>${style}</style>
<text x="${size.left}" y="17" font-size="13" font-weight="600">${escaped(title)}</text>
${[...bands.map((band) => `<g>${band}</g>`), ...grid, ...legend, ...paths].join('\n')}
</svg>
`
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes}>${escaped(content)}</text>`
}

const topOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), 0) || 1

/** Names come from the guest; those of phases have been made visible when they were read. */
const escaped = (content: string): string =>
  content.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
