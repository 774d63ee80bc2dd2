import type { FailureReport } from '../runtime/errors.js'
import { inert, inertLines, withoutAnsi } from '../runtime/inert.js'
import type { Isolation, Source } from './test.js'

export type Status = 'passed' | 'failed' | 'skipped'

/** A line of the TAP that a test printed. `todo`: expected to fail, and does. */
export interface SubResult {
  readonly name: string
  readonly status: Status | 'todo'
  readonly reason?: string
}

/** One go at a test; there are more only when retries were asked for. */
export interface Attempt {
  readonly status: Status
  readonly seconds: number
  /** How often it was tried within its `within`; 1 for a test without. */
  readonly tries: number
  /** Null when it did not end by itself. */
  readonly exitCode: number | null
  readonly timedOut: boolean
  readonly reason?: string
}

/** The result of one test. All text in it is inert: it may be printed, one line at a time, anywhere. */
export interface TestResult {
  readonly name: string
  readonly source: Source
  readonly status: Status
  /** Passed, and not at the first attempt. */
  readonly flaky: boolean
  readonly seconds: number
  /** Why it failed or was skipped; of a flaky test why it failed at first. */
  readonly reason?: string
  readonly attempts: readonly Attempt[]
  /** Of the last attempt, bounded. */
  readonly stdout: string
  readonly stderr: string
  readonly subtests: readonly SubResult[]
  readonly isolation: Isolation
  /** The VM, or fork, that it ran in; null when it never ran. */
  readonly vm: string | null
  /** What the guest's console printed meanwhile, each line with its time as in the console log; bounded. */
  readonly console: readonly string[]
}

export interface Counts {
  readonly total: number
  /** Flaky tests among them. */
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly flaky: number
}

/** Everything that a run of smoke tests found; every report is made from it. */
export interface SmokeReport {
  readonly schema: 1
  /** ISO 8601. */
  readonly startedAt: string
  readonly seconds: number
  readonly vm: {
    readonly name: string
    readonly image: { readonly path: string; readonly digest: string | null }
    readonly accelerator: string
    readonly qemuVersion: string
    readonly bootId: string | null
  }
  readonly counts: Counts
  /** Why the run ended early, when the VM died. */
  readonly failure?: FailureReport
  readonly tests: readonly TestResult[]
}

export function count(tests: readonly TestResult[]): Counts {
  const having = (status: Status): number => tests.filter((test) => test.status === status).length
  return {
    total: tests.length,
    passed: having('passed'),
    failed: having('failed'),
    skipped: having('skipped'),
    flaky: tests.filter(({ flaky }) => flaky).length,
  }
}

/** `14 passed (1 flaky), 2 failed, 1 skipped` */
export function formatCounts({ passed, failed, skipped, flaky }: Counts): string {
  return `${passed} passed${flaky > 0 ? ` (${flaky} flaky)` : ''}, ${failed} failed, ${skipped} skipped`
}

/** Characters of each stream of each test that a report keeps. */
const outputLimit = 32 * 1024

/** Guest output as reports keep it: inert, and its middle left out where it is long. */
export function inertOutput(text: string, limit = outputLimit): string {
  return inertLines(excerpt(withoutAnsi(text), limit)).join('\n')
}

/** The first and the last of a text that has more than `limit` characters. */
export function excerpt(text: string, limit: number): string {
  if (text.length <= limit) return text
  const half = Math.floor(limit / 2)
  return `${text.slice(0, half)}\n[${text.length - 2 * half} characters left out]\n${text.slice(-half)}`
}

/** Console lines of each test that a report keeps, half from each end. */
const consoleLimit = 200

/** Console lines as reports keep them. */
export function inertConsole(lines: readonly string[]): string[] {
  const kept = lines.map((line) => inertLine(line))
  if (kept.length <= consoleLimit) return kept
  const half = consoleLimit / 2
  return [...kept.slice(0, half), `[${kept.length - consoleLimit} lines left out]`, ...kept.slice(-half)]
}

/** One inert line of at most `limit` characters. */
export function inertLine(text: string, limit = 500): string {
  const line = inert(withoutAnsi(text).trim())
  return line.length <= limit ? line : `${line.slice(0, limit)}…`
}

/** A failure whose evidence may be printed. */
export function inertFailure(failure: FailureReport): FailureReport {
  return {
    ...failure,
    message: inertLine(failure.message),
    evidence: failure.evidence.map((line) => inertLine(line)),
  }
}
