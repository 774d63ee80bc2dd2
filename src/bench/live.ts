import { closeSync, openSync, writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { inert } from '../runtime/inert.js'
import { info, quoted } from '../runtime/log.js'
import { formatSize } from '../runtime/units.js'
import type { Phase } from './record.js'

/** What of a runner's output is shown and kept; it may print without end. */
const shownLines = 20_000
const shownBytes = 4 * 2 ** 20
const keptBytes = 64 * 2 ** 20
/** Characters after which a line that has not ended is shown as one. */
const longestLine = 16_384
const mostPhases = 1000

export interface LiveOutput {
  /** The runner starts, for the first time or again; `onPhase` is called at the beginning of each of its phases. */
  readonly begin: (onPhase: () => void) => void
  readonly write: (chunk: Buffer, stream: 'stdout' | 'stderr') => void
  /** Shows what is left of unfinished lines. */
  readonly flush: () => void
  /** Closes the file. */
  readonly end: () => void
  readonly phases: readonly Phase[]
}

/** Shows a runner's output in the log line by line as it comes, keeps it in `file` as it is, and notes its phases. */
export function liveOutput(file: string): LiveOutput {
  const descriptor = openSync(file, 'wx', 0o600)
  const phases: Phase[] = []
  let started: number | undefined
  let phaseBegins: (() => void) | undefined
  const pending = { stdout: '', stderr: '' }
  const decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() }
  let kept = 0
  let lines = 0
  let bytes = 0

  const show = (line: string): void => {
    if (lines > shownLines || bytes > shownBytes) return
    lines += 1
    bytes += line.length
    if (lines > shownLines || bytes > shownBytes) {
      info(`  The log shows no more than this; up to ${formatSize(keptBytes)} of output are kept in ${file}`)
    } else {
      quoted(`${line}\n`)
    }
  }
  const finish = (line: string, stream: 'stdout' | 'stderr'): void => {
    const name = stream === 'stdout' ? /^@phase\s+(\S.{0,99})/.exec(line)?.[1] : undefined
    if (name !== undefined && phases.length < mostPhases) {
      const milliseconds = performance.now() - (started ?? NaN)
      phases.push({ name: inert(name.trim()), start: Math.round(milliseconds) / 1000 })
      phaseBegins?.()
    }
    show(line)
  }
  const take = (text: string, stream: 'stdout' | 'stderr'): void => {
    const parts = `${pending[stream]}${text}`.split('\n')
    const last = parts.pop() ?? ''
    for (const line of parts) finish(line, stream)
    if (last.length > longestLine) finish(last, stream)
    pending[stream] = last.length > longestLine ? '' : last
  }

  return {
    phases,
    begin: (onPhase) => {
      started ??= performance.now()
      phaseBegins = onPhase
    },
    write: (chunk, stream) => {
      kept += writeSync(descriptor, chunk.subarray(0, Math.max(keptBytes - kept, 0)))
      take(decoders[stream].write(chunk), stream)
    },
    flush: () => {
      for (const stream of ['stdout', 'stderr'] as const) {
        take(decoders[stream].end(), stream)
        if (pending[stream] !== '') finish(pending[stream], stream)
        pending[stream] = ''
      }
    },
    end: () => {
      closeSync(descriptor)
    },
  }
}
