import path from 'node:path'

/** Which way a metric gets better. */
export type Better = 'lower' | 'higher'

/** What a benchmark measured, once for each iteration. Names and units come from the guest: raw text. */
export interface Measurement {
  /** The benchmark: `sequential write`, `boot`. */
  readonly name: string
  /** What of it was measured: `throughput`, `time`. */
  readonly metric: string
  readonly unit: string
  readonly better: Better
  readonly values: readonly number[]
}

/** A kind of result file. To add one: a file beside this, its line in registry.ts, a fixture made by the real tool. */
export interface Format {
  /** As it is called in the run record. */
  readonly name: string
  /** Whether a file is of this kind, by what is in it alone. */
  recognise(text: string): boolean
  /**
   * The measurements in a text that `recognise` accepts; none when it holds nothing usable. It may throw.
   * @param file its path in the results folder, for formats that do not name what they measured
   */
  parse(text: string, file: string): Measurement[]
}

/** What to call a measurement that its file does not name: the file's name without folder and extension. */
export function stemOf(file: string): string {
  return path.posix.parse(file).name
}
