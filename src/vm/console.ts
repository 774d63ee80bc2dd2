import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { visible, withoutAnsi } from '../runtime/inert.js'

/** Characters of one console line that are looked at; a guest may print without ever ending a line. */
const lineLimit = 4096

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
    this.partial = pieces.pop() ?? ''
    let out = ''
    for (const piece of pieces) out += this.line(piece)
    while (this.partial.length >= lineLimit) {
      out += this.line(this.partial.slice(0, lineLimit))
      this.partial = this.partial.slice(lineLimit)
    }
    this.write(out)
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
    if (this.partial !== '') this.write(this.line(this.partial))
    this.partial = ''
    closeSync(this.descriptor)
  }

  private line(raw: string): string {
    const text = clean(raw)
    this.recent.push(text)
    if (this.recent.length > tailLines) this.recent.shift()
    this.onLine(text)
    return `[${this.elapsed().toFixed(3).padStart(9)}] ${text}\n`
  }

  private write(text: string): void {
    if (text === '') return
    if (this.size + Buffer.byteLength(text) > this.limit / 2) {
      closeSync(this.descriptor)
      renameSync(this.file, `${this.file}.1`)
      this.descriptor = openSync(this.file, 'w', 0o600)
      this.size = 0
    }
    this.size += writeSync(this.descriptor, text)
  }
}

function clean(raw: string): string {
  return visible(withoutAnsi(raw.replace(/\r+$/, '')))
}
