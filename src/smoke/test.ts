/** What some text that a test printed must be. */
export type Matcher =
  | { readonly contains: string }
  | { readonly matches: RegExp }
  /** Compared without the white space around it. */
  | { readonly equals: string }

export interface Expectation {
  /** Exit status. When it is not given, 0 passes and 77 skips. */
  readonly exit?: number
  readonly stdout?: Matcher
  readonly stderr?: Matcher
}

/** Where a test was written; null for a built-in check. `file` is relative to the folder the step runs in. */
export type Source = { readonly file: string; readonly line: number } | null

/** A smoke test as it will be run. Times in milliseconds. */
export interface SmokeTest {
  readonly name: string
  readonly source: Source
  /** Shell text, or a file that is copied into the guest and executed there; TAP that it prints is read. */
  readonly action: { readonly script: string } | { readonly executable: string }
  readonly expect: Expectation
  /** It may fail until then, and is tried again until it passes. */
  readonly within?: number
  /** Of one try. */
  readonly timeout: number
  /** Names of tests that must have passed. */
  readonly needs: readonly string[]
}
