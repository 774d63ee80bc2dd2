import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export { fileDigest } from '../runtime/digest.js'

/** SHA-256 of all that a stream gives, in hex. */
export async function streamDigest(stream: Readable): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(stream, hash)
  return hash.digest('hex')
}

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** SHA-256 of a value, in hex; the order of an object's keys does not matter. */
export function valueDigest(value: Json): string {
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex')
}

function sortKeys(_key: string, value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A UUID made from a name: the same every time, for partitions and file systems of reproducible images. */
export function namedUuid(name: string): string {
  const hex = valueDigest(name).slice(0, 32).split('')
  // RFC 9562: version 8 (custom), variant 10.
  hex[12] = '8'
  hex[16] = '8'
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
