import type { Family, Labels, Reading } from './reading.js'
import { families } from './reading.js'

export interface Series extends Family {
  readonly name: string
  readonly labels: Labels
  /** One for each of the table's times; null where there was none. */
  readonly values: (number | null)[]
}

/** Rows beyond which every second one is dropped, and series beyond which no more are taken. */
const mostRows = 7200
const mostSeries = 1000

/**
 * Readings of one machine over time, a column for each series. It has a bounded size: a long run is kept whole, at a
 * coarser interval.
 */
export class Table {
  /** Seconds, ascending; since when is for its owner to say. */
  readonly times: number[] = []
  private readonly columns = new Map<string, Series>()
  /** Of so many rows that come, one is kept. */
  private stride = 1
  private came = 0

  constructor(private readonly known: Readonly<Record<string, Family>> = families) {}

  get series(): readonly Series[] {
    return [...this.columns.values()]
  }

  /** Adds the readings of a moment; of one that is not after the last, nothing. */
  add(time: number, readings: readonly Reading[], described = this.known): void {
    if (time <= (this.times.at(-1) ?? -Infinity)) return
    if (this.came++ % this.stride !== 0) return
    const row = this.times.push(time) - 1
    for (const { name, labels, value } of readings) {
      const column = this.columnOf(name, labels, described[name])
      if (column) column.values[row] = value
    }
    for (const { values } of this.columns.values()) {
      while (values.length <= row) values.push(null)
    }
    if (this.times.length >= mostRows) this.thin()
  }

  private columnOf(name: string, labels: Labels, family: Family | undefined): Series | undefined {
    const key = JSON.stringify([name, Object.entries(labels).sort()])
    const known = this.columns.get(key)
    if (known || family === undefined || this.columns.size >= mostSeries) return known
    const values = Array<null>(this.times.length - 1).fill(null)
    const column: Series = { ...family, name, labels, values }
    this.columns.set(key, column)
    return column
  }

  private thin(): void {
    this.stride *= 2
    for (const list of [this.times, ...this.series.map(({ values }) => values)]) {
      const kept = list.filter((_, index) => index % 2 === 0)
      list.splice(0, list.length, ...(kept as number[]))
    }
  }
}
