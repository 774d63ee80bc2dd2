import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { InputError } from './errors.js'
import { durationForm, formatDuration, formatSize, parseDuration, parseSize, sizeForm } from './units.js'

/**
 * Reads and checks the inputs of an action. `get` returns the raw text of an input, empty when it is not set.
 * Every method throws an InputError that names the input, the value and what is allowed.
 */
export class InputReader {
  constructor(
    private readonly get: (name: string) => string,
    private readonly names: Readonly<Record<string, string>> = {},
  ) {}

  /** A reader over the same inputs in which some go by another name, for an action that joins several. */
  renamed(names: Readonly<Record<string, string>>): InputReader {
    return new InputReader(this.get, names)
  }

  text(name: string): string {
    return this.raw(name).trim()
  }

  /** The error for an input, or for one `value` in it, under the name that the user knows it by. */
  invalid(name: string, allowed: string, value = this.text(name)): InputError {
    return new InputError(this.names[name] ?? name, value, allowed)
  }

  required(name: string, what: string): string {
    const value = this.text(name)
    if (value === '') throw this.invalid(name, what)
    return value
  }

  matching(name: string, pattern: RegExp, allowed: string): string {
    const value = this.text(name)
    if (!pattern.test(value)) throw this.invalid(name, allowed)
    return value
  }

  choice<const T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.text(name)
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) throw this.invalid(name, allowed.join(', '))
    return found
  }

  /** The YAML 1.2 core schema's spellings and no others. Source: https://yaml.org/spec/1.2.2/#1032-tag-resolution */
  boolean(name: string): boolean {
    const value = this.text(name)
    if (['true', 'True', 'TRUE'].includes(value)) return true
    if (['false', 'False', 'FALSE'].includes(value)) return false
    throw this.invalid(name, 'true or false')
  }

  integer(name: string, min: number, max: number): number {
    const value = this.text(name)
    const number = /^\d+$/.test(value) ? Number(value) : NaN
    if (!(number >= min && number <= max)) {
      throw this.invalid(name, `a whole number from ${min} to ${max}`)
    }
    return number
  }

  /** Bytes. */
  size(name: string, min = 1): number {
    const value = this.text(name)
    const bytes = parseSize(value)
    if (bytes === undefined || bytes < min) {
      throw this.invalid(name, min > 1 ? `${sizeForm}, at least ${formatSize(min)}` : sizeForm)
    }
    return bytes
  }

  /** Milliseconds. */
  duration(name: string, min = 0): number {
    const value = this.text(name)
    const milliseconds = parseDuration(value)
    if (milliseconds === undefined || milliseconds < min) {
      const least = min > 0 ? `, at least ${formatDuration(min)}` : ''
      throw this.invalid(name, `${durationForm}${least}`)
    }
    return milliseconds
  }

  /** `read` when the input is set, undefined when it is empty. */
  optional<T>(name: string, read: (name: string) => T): T | undefined {
    return this.text(name) === '' ? undefined : read(name)
  }

  /** One item a line; blank lines and lines that begin with `#` are skipped. */
  lines(name: string): readonly string[] {
    return this.raw(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
  }

  /** Regular expressions of JavaScript, one a line. */
  patterns(name: string): readonly string[] {
    const lines = this.lines(name)
    for (const line of lines) {
      try {
        new RegExp(line)
      } catch (error) {
        const why = error instanceof Error ? `: ${error.message}` : ''
        throw this.invalid(name, `regular expressions, one a line${why}`, line)
      }
    }
    return lines
  }

  /** The absolute path of something that exists. */
  existing(name: string, what: 'file' | 'folder' | 'file or folder'): string {
    const value = this.required(name, `the path of a ${what}`)
    const absolute = path.resolve(value)
    if (!existsSync(absolute)) throw this.invalid(name, `the path of a ${what} that exists`)
    const isFolder = statSync(absolute).isDirectory()
    if ((what === 'file' && isFolder) || (what === 'folder' && !isFolder)) {
      throw this.invalid(name, `the path of a ${what}, not of a ${isFolder ? 'folder' : 'file'}`)
    }
    return absolute
  }

  private raw(name: string): string {
    return this.get(this.names[name] ?? name)
  }
}
