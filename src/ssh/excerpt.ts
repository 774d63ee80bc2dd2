/** Keeps the first and the last bytes of a stream within `limit`. */
export class Excerpt {
  private head: Buffer = Buffer.alloc(0)
  private tail: Buffer = Buffer.alloc(0)
  private dropped = 0

  constructor(private readonly limit: number) {}

  add(chunk: Buffer): void {
    const half = Math.floor(this.limit / 2)
    const room = half - this.head.length
    this.head = Buffer.concat([this.head, chunk.subarray(0, room)])
    const joined = Buffer.concat([this.tail, chunk.subarray(Math.max(room, 0))])
    const excess = Math.max(joined.length - half, 0)
    this.dropped += excess
    this.tail = joined.subarray(excess)
  }

  get truncated(): boolean {
    return this.dropped > 0
  }

  toString(): string {
    const gap = this.truncated ? `\n[${this.dropped} bytes left out]\n` : ''
    return `${this.head.toString()}${gap}${this.tail.toString()}`
  }
}
