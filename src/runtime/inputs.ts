import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { InputError } from './errors.js'
import { durationForm, formatDuration, formatSize, parseDuration, parseSize, sizeForm } from './units.js'

/**
 * Reads and checks the inputs of an action. `get` returns the raw text of an input, empty when it is not set.
 * Every method throws an InputError that names the input, the value and what is allowed.
 */
export class InputReader {
  constructor(private readonly get: (name: string) => string) {}

  /** A reader over the same inputs in which some go by another name, for an action that joins several. */
  renamed(names: Readonly<Record<string, string>>): InputReader {
    return new InputReader((name) => this.get(names[name] ?? name))
  }

  text(name: string): string {
    return this.get(name).trim()
  }

  required(name: string, what: string): string {
    const value = this.text(name)
    if (value === '') throw new InputError(name, value, what)
    return value
  }

  matching(name: string, pattern: RegExp, allowed: string): string {
    const value = this.text(name)
    if (!pattern.test(value)) throw new InputError(name, value, allowed)
    return value
  }

  choice<const T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.text(name)
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) throw new InputError(name, value, allowed.join(', '))
    return found
  }

  /** The YAML 1.2 core schema's spellings and no others. Source: https://yaml.org/spec/1.2.2/#1032-tag-resolution */
  boolean(name: string): boolean {
    const value = this.text(name)
    if (['true', 'True', 'TRUE'].includes(value)) return true
    if (['false', 'False', 'FALSE'].includes(value)) return false
    throw new InputError(name, value, 'true or false')
  }

  integer(name: string, min: number, max: number): number {
    const value = this.text(name)
    const number = /^\d+$/.test(value) ? Number(value) : NaN
    if (!(number >= min && number <= max)) {
      throw new InputError(name, value, `a whole number from ${min} to ${max}`)
    }
    return number
  }

  /** Bytes. */
  size(name: string, min = 1): number {
    const value = this.text(name)
    const bytes = parseSize(value)
    if (bytes === undefined || bytes < min) {
      throw new InputError(name, value, min > 1 ? `${sizeForm}, at least ${formatSize(min)}` : sizeForm)
    }
    return bytes
  }

  /** Milliseconds. */
  duration(name: string, min = 0): number {
    const value = this.text(name)
    const milliseconds = parseDuration(value)
    if (milliseconds === undefined || milliseconds < min) {
      const least = min > 0 ? `, at least ${formatDuration(min)}` : ''
      throw new InputError(name, value, `${durationForm}${least}`)
    }
    return milliseconds
  }

  /** `read` when the input is set, undefined when it is empty. */
  optional<T>(name: string, read: (name: string) => T): T | undefined {
    return this.text(name) === '' ? undefined : read(name)
  }

  /** One item a line; blank lines and lines that begin with `#` are skipped. */
  lines(name: string): readonly string[] {
    return this.get(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
  }

  /** The absolute path of something that exists. */
  existing(name: string, what: 'file' | 'folder' | 'file or folder'): string {
    const value = this.required(name, `the path of a ${what}`)
    const absolute = path.resolve(value)
    if (!existsSync(absolute)) throw new InputError(name, value, `the path of a ${what} that exists`)
    const isFolder = statSync(absolute).isDirectory()
    if ((what === 'file' && isFolder) || (what === 'folder' && !isFolder)) {
      throw new InputError(name, value, `the path of a ${what}, not of a ${isFolder ? 'folder' : 'file'}`)
    }
    return absolute
  }
}
