import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './page.css'
import type { Figure } from '../../metrics/figures.js'
import type { Span } from '../../spans.js'
import type { PageData } from '../data.js'
import { element } from './element.js'
import { shown, time } from '../../metrics/shown.js'

const height = 190
const doubling = Array.from({ length: 60 }, (_, power) => 2 ** (power - 10))

interface Range {
  readonly start: number
  readonly end: number
}

/** The charts of a run; they share their cursor and the part of the run they show. */
export class Charts {
  readonly element = element('div', { className: 'charts' })
  private readonly places: { figure: Figure; box: HTMLElement }[]
  private plots: uPlot[] = []
  private readonly whole: Range
  private zooming = false

  constructor(private readonly data: PageData) {
    const times = data.figures.flatMap((figure) => [figure.times[0] ?? 0, figure.times.at(-1) ?? 0])
    this.whole = { start: 0, end: Math.max(...times, data.record.runner.seconds) }
    this.places = data.figures.map((figure) => {
      const box = element('figure', { id: figure.id })
      return { figure, box }
    })
    this.element.append(
      ...['guest', 'host'].flatMap((machine) => {
        const own = this.places.filter(({ figure }) => figure.id.startsWith(`${machine}-`))
        const title = machine === 'guest' ? 'In the guest' : 'On the host'
        return own.length === 0
          ? []
          : [
              element('h3', {}, [title]),
              element(
                'div',
                { className: 'grid' },
                own.map(({ box }) => box),
              ),
            ]
      }),
    )
    new ResizeObserver(() => {
      for (const plot of this.plots) plot.setSize({ width: widthOf(plot.root.parentElement), height })
    }).observe(this.element)
  }

  draw(): void {
    this.plots = this.places.map(({ figure, box }) => this.plot(figure, box))
  }

  /** Anew, in the colours that hold now. */
  redraw(): void {
    for (const plot of this.plots) plot.destroy()
    this.draw()
  }

  zoom({ start, end }: Range): void {
    this.zooming = true
    for (const plot of this.plots) plot.setScale('x', { min: start, max: end })
    this.zooming = false
  }

  private readonly clock = (seconds: number): string =>
    this.whole.end < 100
      ? time(seconds)
      : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

  private plot(figure: Figure, box: HTMLElement): uPlot {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
    const axis = {
      stroke: colour('faint'),
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
      font: `11px ${colour('font')}`,
    }
    const options: uPlot.Options = {
      title: figure.title,
      width: widthOf(box),
      height,
      cursor: {
        sync: { key: 'run', scales: ['x', null] },
        drag: { x: true, y: false, setScale: true },
        points: { size: 6 },
        bind: {
          dblclick: () => () => {
            this.zoom(this.whole)
            return null
          },
        },
      },
      scales: {
        x: { time: false, range: (_, min, max) => [min, max] },
        y: { range: (_, __, max) => [0, topOf(figure, max)] },
      },
      axes: [
        { ...axis, values: (_, splits) => splits.map(this.clock), size: 30 },
        {
          ...axis,
          values: (_, splits) => splits.map((value) => shown(value, figure.unit)),
          size: 74,
          ...(figure.unit.startsWith('bytes') && { incrs: doubling }),
        },
      ],
      series: [
        { label: 'at', value: (_, value: number | null) => (value === null ? '–' : time(value)) },
        ...figure.lines.map(({ name }, index) => ({
          label: name,
          stroke: colour(`c${index % 6}`),
          width: 1.6,
          ...(index === 0 && { fill: `${colour('c0')}22` }),
          points: { show: figure.times.length < 3, size: 5 },
          value: (_: uPlot, value: number | null) => shown(value, figure.unit),
        })),
      ],
      hooks: {
        drawClear: [
          (plot) => {
            this.shade(plot, colour)
          },
        ],
        setScale: [
          (plot, key) => {
            const { min, max } = plot.scales.x ?? {}
            if (key !== 'x' || this.zooming || min == null || max == null) return
            this.zoom({ start: min, end: max })
          },
        ],
      },
    }
    const columns = [
      figure.times,
      ...figure.lines.map(({ values }) => values),
    ] as unknown as uPlot.AlignedData
    this.zooming = true
    const plot = new uPlot(options, columns, box)
    plot.setScale('x', { min: this.whole.start, max: this.whole.end })
    this.zooming = false
    return plot
  }

  /** The phases behind the lines, every second one tinted. */
  private shade(plot: uPlot, colour: (name: string) => string): void {
    const { ctx, bbox } = plot
    const { left, top, width, height: tall } = bbox
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, top, width, tall)
    ctx.clip()
    ctx.font = `${10 * devicePixelRatio}px ${colour('font')}`
    ctx.textBaseline = 'top'
    this.data.spans.forEach((span: Span, index) => {
      const from = Math.max(plot.valToPos(span.start, 'x', true), left)
      const to = Math.min(plot.valToPos(span.end, 'x', true), left + width)
      if (to <= from) return
      ctx.fillStyle = `${colour(`p${index % 6}`)}2e`
      ctx.fillRect(from, top, to - from, tall)
      ctx.fillStyle = colour('faint')
      const room = to - from - 6 * devicePixelRatio
      if (ctx.measureText(span.name).width < room) {
        ctx.fillText(span.name, from + 3 * devicePixelRatio, top + 3 * devicePixelRatio)
      }
    })
    ctx.restore()
  }
}

/** Shares of CPU time are seen against the whole; anything else fills its chart. */
function topOf({ id, unit }: Figure, max: number | null): number {
  if (id.endsWith('-cpu')) return 100
  const least = unit === '%' ? 1 : unit === 'bytes/s' ? 1024 : 1
  return Math.max((max ?? 0) * 1.12, least)
}

const widthOf = (box: Element | null): number => Math.max(box?.clientWidth ?? 0, 200)
