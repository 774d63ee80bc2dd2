import type { Readable } from 'node:stream'
import { Excerpt } from '../ssh/excerpt.js'

/** Bytes of a command's stream that are kept, and of what the agent says after it. */
const outputLimit = 2 ** 20
const trailerLimit = 2 ** 16

/** One stream of one command: its text up to the mark, and what stands between this and the mark's end. */
export class Frame {
  private readonly kept = new Excerpt(outputLimit)
  private readonly open: Buffer
  private readonly close: Buffer
  private pending: Buffer = Buffer.alloc(0)
  /** What the agent said; undefined until the mark has come. */
  trailer: string | undefined

  constructor(mark: string) {
    this.open = Buffer.from(`\n${mark} \n`)
    this.close = Buffer.from(`\n${mark}.\n`)
  }

  /** Reads until the end has come. */
  from(stream: Readable): Promise<void> {
    return new Promise((resolve) => {
      const read = (chunk: Buffer): void => {
        if (!this.add(chunk)) return
        stream.off('data', read)
        resolve()
      }
      stream.on('data', read)
    })
  }

  /** Without an end, what has come so far. */
  get text(): string {
    if (this.trailer === undefined) {
      this.kept.add(this.pending)
      this.pending = Buffer.alloc(0)
    }
    return this.kept.toString()
  }

  get truncated(): boolean {
    return this.kept.truncated
  }

  private add(chunk: Buffer): boolean {
    this.pending = Buffer.concat([this.pending, chunk])
    if (this.trailer === undefined) {
      const at = this.pending.indexOf(this.open)
      // A mark may come in two pieces.
      const text = at === -1 ? Math.max(this.pending.length - this.open.length, 0) : at
      this.kept.add(this.pending.subarray(0, text))
      this.pending = this.pending.subarray(at === -1 ? text : at + this.open.length)
      if (at === -1) return false
      this.trailer = ''
    }
    const end = this.pending.indexOf(this.close)
    this.trailer = this.pending.subarray(0, end === -1 ? trailerLimit : end).toString()
    return end !== -1
  }
}
