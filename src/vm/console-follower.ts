import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { rotated } from './console.js'

/** Bytes of new lines that one look takes; of more it takes the last. */
const lookLimit = 2 ** 20

/** Reads a VM's console log as it grows on disk and rotates, from its present end on. */
export class ConsoleFollower {
  private inode: number
  private offset: number

  constructor(private readonly file: string) {
    const { ino, size } = inFile(file, (_, status) => status)
    this.inode = ino
    this.offset = size
  }

  /** The whole lines since the last look, each with its time as in the log. */
  next(): string[] {
    const text = inFile(this.file, (descriptor, { ino, size }) => {
      if (ino === this.inode) return this.read(descriptor, size)
      const before = inFile(rotated(this.file), (older, status) =>
        status.ino === this.inode ? this.read(older, status.size) : '',
      )
      this.inode = ino
      this.offset = 0
      return before + this.read(descriptor, size)
    })
    return text.split('\n').slice(0, -1)
  }

  private read(descriptor: number, size: number): string {
    const skips = size - this.offset > lookLimit
    const from = skips ? size - lookLimit : this.offset
    const buffer = Buffer.alloc(Math.max(size - from, 0))
    const bytes = readSync(descriptor, buffer, 0, buffer.length, from)
    const end = buffer.subarray(0, bytes).lastIndexOf('\n') + 1
    this.offset = from + end
    return buffer.subarray(skips ? buffer.indexOf('\n') + 1 : 0, end).toString()
  }
}

function inFile<T>(file: string, use: (descriptor: number, status: Stats) => T): T {
  const descriptor = openSync(file, 'r')
  try {
    return use(descriptor, fstatSync(descriptor))
  } finally {
    closeSync(descriptor)
  }
}
