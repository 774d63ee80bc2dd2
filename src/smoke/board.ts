import { logResult } from './progress.js'
import type { TestResult } from './result.js'
import type { SmokeTest } from './test.js'

interface Entry {
  readonly test: SmokeTest
  readonly known: Promise<void>
  readonly tell: () => void
  result?: TestResult
}

/** The results of a run as they come. */
export class Board {
  private readonly entries: ReadonlyMap<string, Entry>

  constructor(tests: readonly SmokeTest[]) {
    this.entries = new Map(tests.map((test) => [test.name, entry(test)]))
  }

  /** Takes the result of a test, and says it in the log. */
  settle(test: SmokeTest, result: TestResult): void {
    const found = this.entries.get(test.name)
    if (found === undefined) return
    found.result = result
    logResult(result)
    found.tell()
  }

  /** Waits for the tests that this one needs, but for `beside`. Why it cannot run; undefined when it can. */
  async unmet(test: SmokeTest, beside: readonly SmokeTest[] = []): Promise<string | undefined> {
    for (const name of test.needs.filter((needed) => !beside.some((other) => other.name === needed))) {
      const needed = this.entries.get(name)
      await needed?.known
      const { status } = needed?.result ?? {}
      if (status === 'failed') return `it needs ${name}, which failed`
      if (status === 'skipped') return `it needs ${name}, which was skipped`
    }
    return undefined
  }

  /** The tests of which nothing is known yet. */
  open(): SmokeTest[] {
    return [...this.entries.values()].filter(({ result }) => result === undefined).map(({ test }) => test)
  }

  isOpen(test: SmokeTest): boolean {
    return this.entries.get(test.name)?.result === undefined
  }

  /** In the order of the tests. */
  results(): TestResult[] {
    return [...this.entries.values()].flatMap(({ result }) => result ?? [])
  }
}

function entry(test: SmokeTest): Entry {
  let tell = (): void => undefined
  const known = new Promise<void>((resolve) => (tell = resolve))
  return { test, known, tell }
}
