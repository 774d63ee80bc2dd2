import { type FailureSign, failureIn } from './failures.js'
import { hintIn } from './hints.js'

/** What the user says of console lines, as regular expressions. */
export interface ConsoleRules {
  /** A line that one of these matches fails the VM at any time. */
  readonly fail: readonly string[]
  /** A line that one of these matches is no failure, whatever else says so. */
  readonly allow: readonly string[]
}

/** What in a line fails a VM: a sign of the table, or the user's own. */
export type Sign = Pick<FailureSign, 'class' | 'pattern' | 'message' | 'advice'>

/** Tells what a console line means for a VM: the table of failures, and the user's rules over it. */
export class ConsoleReader {
  private readonly fail: readonly Sign[]
  private readonly allow: readonly RegExp[]

  constructor({ fail, allow }: ConsoleRules) {
    this.fail = fail.map((source) => ({
      class: 'console',
      pattern: new RegExp(source),
      message: `a line of the console matches ${JSON.stringify(source)} of fail-on-console`,
      advice: 'If the line is harmless, let allow-on-console match it.',
    }))
    this.allow = allow.map((source) => new RegExp(source))
  }

  /** What in a line may tell later why the VM was not ready in time. */
  hintIn(line: string): Sign | undefined {
    const hint = hintIn(line)
    return hint && !this.allows(line) ? hint : undefined
  }

  allows(line: string): boolean {
    return this.allow.some((pattern) => pattern.test(line))
  }

  /** The sign of failure in a line, if it holds one. */
  signIn(line: string, booting: boolean): Sign | undefined {
    const sign = this.fail.find(({ pattern }) => pattern.test(line)) ?? failureIn(line, booting)
    return sign && !this.allows(line) ? sign : undefined
  }
}
