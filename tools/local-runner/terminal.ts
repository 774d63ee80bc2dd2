import { styleText } from 'node:util'
import { visible, withoutAnsi } from '../../src/runtime/inert.js'
import { formatDuration } from '../../src/runtime/units.js'
import type { Outcome, RunResult } from './record.js'

/** Takes one line for the person who watches. */
export type Print = (line: string) => void

const marks: Readonly<Record<Outcome, string>> = { success: '✔', failure: '✘', cancelled: '◼', skipped: '–' }
const colours = { success: 'green', failure: 'red', cancelled: 'yellow', skipped: 'gray' } as const

const coloured = process.stdout.isTTY && process.env.NO_COLOR === undefined

export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return coloured ? styleText(style, text) : text
}

export const mark = (outcome: Outcome): string => paint(colours[outcome], marks[outcome])

/** What a step printed, made harmless for the terminal. */
export const shown = (text: string): string => visible(withoutAnsi(text))

/** A table of every step with its duration, for the end of a run. */
export function stepTable(result: RunResult): string[] {
  const rows = result.jobs.flatMap((job) => [
    `${mark(job.outcome)} ${paint('bold', shown(job.name))}`,
    ...job.steps.map((step) => {
      const seconds = step.outcome === 'skipped' ? '' : formatDuration(step.seconds * 1000)
      const note = step.conclusion === step.outcome ? '' : '  (continue-on-error)'
      return `  ${seconds.padStart(11)}  ${mark(step.outcome)} ${'  '.repeat(step.depth)}${shown(step.name)}${note}`
    }),
  ])
  return [...rows, `  ${formatDuration(result.seconds * 1000).padStart(11)}  ${mark(result.outcome)} in all`]
}
