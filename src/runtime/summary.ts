import { appendFileSync, statSync } from 'node:fs'
import { visible, withoutAnsi } from './inert.js'

/** GitHub refuses a step's summary beyond this. Source: docs.github.com, workflow commands, job summaries. */
const limit = 2 ** 20

/**
 * Text from anywhere as the content of one Markdown table cell or line: no markup in it works. GitHub makes links of
 * bare addresses too, of mail addresses even after it has decoded entities; the empty comment keeps them apart.
 */
export function cell(text: string | number): string {
  return visible(withoutAnsi(String(text)))
    .replace(/[&<>\\`*_{}[\]()#+!|~$:@.-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('&#64;', '&#64;<!---->')
}

/** A Markdown table of cells that are already Markdown. `align` has one of l, r or c for each column. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  align = header.map(() => 'l').join(''),
): string {
  const rules = align.split('').map((letter) => ({ l: ':--', r: '--:', c: ':-:' })[letter] ?? ':--')
  return [header, rules, ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('')
}

/**
 * Appends Markdown to the step's summary; without a runner there is none, and nothing happens. What would go beyond
 * GitHub's limit is left out, for a summary that is too large is refused whole.
 */
export function addSummary(markdown: string, file = process.env.GITHUB_STEP_SUMMARY ?? ''): void {
  if (file === '') return
  const used = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const note = '\n\nThe summary is longer than GitHub shows; the rest is in the reports.\n'
  const text = `${markdown}\n`
  if (used + Buffer.byteLength(text) + note.length <= limit) appendFileSync(file, text)
  else if (used + note.length <= limit) appendFileSync(file, note)
}
