import { readFileSync, writeFileSync } from 'node:fs'

/** Writes a value as JSON for people and tools alike. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}

/** A value that `writeJson` wrote; whoever reads it knows its form. */
export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
