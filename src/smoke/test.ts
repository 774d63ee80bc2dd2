import type { GuestResult } from '../ssh/session.js'

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
  /** What else is wrong with a result that is right so far; of built-in checks. Raw guest text. */
  readonly wrong?: (result: GuestResult) => string | undefined
}

/** Where a test was written; null for a built-in check. `file` is relative to the folder the step runs in. */
export type Source = { readonly file: string; readonly line: number } | null

/** `shared`: in the one VM, beside the other tests. `fork`: in a fork of the VM as it was before the first test. */
export const isolations = ['shared', 'fork'] as const
export type Isolation = (typeof isolations)[number]

/** Shell text, or a file that is copied into the guest and executed there, or read by its goss; TAP from both is read. */
export type Action = { readonly script: string } | { readonly executable: string } | { readonly goss: string }

/** A smoke test as it will be run. Times in milliseconds. */
export interface SmokeTest {
  readonly name: string
  readonly source: Source
  readonly action: Action
  readonly expect: Expectation
  /** It may fail until then, and is tried again until it passes. */
  readonly within?: number
  /** Of one try. */
  readonly timeout: number
  /** Names of tests that must have passed. */
  readonly needs: readonly string[]
  readonly tags: readonly string[]
  readonly isolation: Isolation
  /** Tests of one group that are forked run in one fork, one after another. */
  readonly group?: string
  /** It restarts the guest, and has passed when the guest is back. */
  readonly reboots: boolean
}
