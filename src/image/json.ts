import { writeFileSync } from 'node:fs'

/** Writes a value as JSON for people and tools alike. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
