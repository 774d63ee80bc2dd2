import { StringDecoder } from 'node:string_decoder'

/** Cuts a stream of bytes into lines as the runner does: at LF, CRLF, and at a lone CR too. */
export function lineSplitter(onLine: (line: string) => void): { write(bytes: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  // A CR at the very end waits for what follows: it may be half of a CRLF.
  function take(text: string, final: boolean): void {
    rest += text
    const ends = final ? /\r\n|\r|\n/g : /\r\n|\r(?!$)|\n/g
    let start = 0
    for (const { index, 0: end } of rest.matchAll(ends)) {
      onLine(rest.slice(start, index))
      start = index + end.length
    }
    rest = rest.slice(start)
  }
  return {
    write: (bytes) => {
      take(decoder.write(bytes), false)
    },
    end: () => {
      take(decoder.end(), true)
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}
