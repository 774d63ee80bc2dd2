import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { visible, withoutAnsi } from '../runtime/inert.js'

/** Characters of one console line that are looked at; a guest may print without ever ending a line. */
const lineLimit = 4096

/** The smallest limit of a log: each half holds the longest line, whose characters may be spelled with six each. */
export const smallestConsole = 2 ** 16

/** Lines kept in memory for the evidence of a failure. */
const tailLines = 60

/**
 * A guest's serial console: each line with its time, in a log on disk that never grows beyond `limit` bytes. When half
 * of that is reached the log becomes `<log>.1`, in place of the one before, so that the latest lines are always there.
 */
export class ConsoleLog {
  private descriptor: number
  private size = 0
  private partial = ''
  private unwritten = ''
  private readonly recent: string[] = []

  constructor(
    private readonly file: string,
    private readonly limit: number,
    private readonly onLine: (line: string) => void,
    private readonly elapsed: () => number,
  ) {
    this.descriptor = openSync(file, 'w', 0o600)
  }

  /** Takes what the guest printed. */
  add(chunk: string): void {
    const pieces = (this.partial + chunk).split('\n')
    this.partial = this.wholeParts(pieces.pop() ?? '')
    for (const piece of pieces) this.line(this.wholeParts(piece))
    this.flush()
  }

  /** The last lines, the unfinished one too. */
  tail(): string[] {
    return this.partial === '' ? [...this.recent] : [...this.recent, clean(this.partial)]
  }

  /** The line the guest has not ended yet, such as a prompt. */
  unfinished(): string {
    return clean(this.partial)
  }

  end(): void {
    if (this.partial !== '') this.line(this.partial)
    this.partial = ''
    this.flush()
    closeSync(this.descriptor)
  }

  /** Takes what is too long for one line as lines, and gives the rest. */
  private wholeParts(text: string): string {
    let from = 0
    for (; text.length - from > lineLimit; from += lineLimit) this.line(text.slice(from, from + lineLimit))
    return text.slice(from)
  }

  private line(raw: string): void {
    const text = clean(raw)
    this.recent.push(text)
    if (this.recent.length > tailLines) this.recent.shift()
    const entry = `[${this.elapsed().toFixed(3).padStart(9)}] ${text}\n`
    const bytes = Buffer.byteLength(entry)
    if (this.size + bytes > this.limit / 2) this.rotate()
    this.size += bytes
    this.unwritten += entry
    this.onLine(text)
  }

  private rotate(): void {
    this.flush()
    closeSync(this.descriptor)
    renameSync(this.file, rotated(this.file))
    this.descriptor = openSync(this.file, 'w', 0o600)
    this.size = 0
  }

  private flush(): void {
    if (this.unwritten !== '') writeFileSync(this.descriptor, this.unwritten)
    this.unwritten = ''
  }
}

/** A line as the guest printed it, without the time that the log has put before it. */
export function withoutTime(entry: string): string {
  return entry.replace(/^\[ *[\d.]+\] /, '')
}

/** The last `count` lines of a console log on disk, across its rotation. */
export function consoleTail(file: string, count: number): string[] {
  const lines = [rotated(file), file].flatMap((part) =>
    existsSync(part) ? readFileSync(part, 'utf8').split('\n').slice(0, -1) : [],
  )
  return lines.slice(-count)
}

/** Where the older half of a log is. */
export function rotated(file: string): string {
  return `${file}.1`
}

function clean(raw: string): string {
  return visible(withoutAnsi(raw.replace(/\r+$/, '')))
}
