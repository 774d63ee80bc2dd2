import { closeSync, openSync, truncateSync, writeSync } from 'node:fs'
import { randomFillSync } from 'node:crypto'

const mebibyte = 2 ** 20

/** Makes a sparse raw disk image with random data in it, in runs of 20 MiB spread over all of it. */
export function makeSparseDisk(file: string, bytes: number, data: number): void {
  const descriptor = openSync(file, 'w')
  const run = 20 * mebibyte
  const runs = Math.round(data / run)
  const random = Buffer.alloc(run)
  for (let index = 0; index < runs; index += 1) {
    const start = Math.floor(((index + 0.5) * bytes) / runs / mebibyte) * mebibyte
    writeSync(descriptor, randomFillSync(random), 0, run, start)
  }
  closeSync(descriptor)
  truncateSync(file, bytes)
}
