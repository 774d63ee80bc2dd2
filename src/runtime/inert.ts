/**
 * Everything a guest prints, names or archives passes through here before it reaches a log, a summary or a report.
 *
 * The runner reads commands out of a step's output: `::name::` after leading white space, and `##[name]` anywhere
 * in a line, where a line may also end at a lone carriage return. So the text is first normalised to one visible
 * line, and only then are the two forms broken: a clean-up after that could turn a harmless line into a live one.
 * Source: actions/runner src/Runner.Common/ActionCommand.cs (TryParseV2, TryParse).
 */

const named: Readonly<Record<string, string>> = { '\t': '\t', '\r': '\\r', '\n': '\\n', '\u001b': '\\e' }

/* C0 and C1 controls, line and paragraph separators, bidirectional overrides, zero-width characters, the byte order mark. */
// eslint-disable-next-line no-control-regex
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** One line of text in which every control or invisible character is spelled out; tabs stay. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const name = named[character]
    if (name !== undefined) return name
    const code = character.charCodeAt(0)
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** One line that is safe to print in a job log: visible, and without a workflow command in it. */
export function inert(text: string): string {
  return visible(text)
    .replaceAll('##[', '#\\#[')
    .replace(/^(\s*):(?=:)/u, '$1\\:')
}

/** Text of many lines for a job log, one inert line each. CRLF ends a line as LF does. */
export function inertLines(text: string): string[] {
  const lines = text.split(/\r*\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map(inert)
}

/* ANSI CSI, OSC and two-character escape sequences (ECMA-48). */
// eslint-disable-next-line no-control-regex
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g

/** Text without terminal colours and cursor movements. Apply before `inert`, never after it. */
export function withoutAnsi(text: string): string {
  return text.replace(ansi, '')
}
