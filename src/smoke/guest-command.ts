import { readFileSync } from 'node:fs'
import path from 'node:path'
import { quote } from '../runtime/quote.js'
import { gossCommand } from './goss.js'
import type { SmokeTest } from './test.js'

/** What one try of a test is to the guest. */
export interface GuestCommand {
  /** Shell text in which `$limit` stands before the program, see agent.ts. */
  readonly text: string
  /** A file that must be in the folder where the text is run, executable; `name` has no slash. */
  readonly file?: { readonly name: string; readonly content: Uint8Array }
}

/**
 * The command of a test. A script stops at the first command that fails, as a `run:` step of a workflow does.
 * `environment`: what the test is offered, see environment.ts.
 */
export function guestCommand(
  { action }: Pick<SmokeTest, 'action'>,
  environment: Readonly<Record<string, string>>,
): GuestCommand {
  const offered = Object.entries(environment).map(([name, value]) => `export ${name}=${quote([value])}; `)
  const command = (words: readonly string[]): string => `${offered.join('')}exec $limit ${quote(words)}`
  if ('script' in action) return { text: command(['sh', '-ec', action.script]) }
  const source = 'goss' in action ? action.goss : action.executable
  const name = path.basename(source)
  const words = 'goss' in action ? gossCommand(name) : [`./${name}`]
  return { text: command(words), file: { name, content: readFileSync(source) } }
}
