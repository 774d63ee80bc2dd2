import { readFileSync } from 'node:fs'
import path from 'node:path'
import { quote } from '../runtime/process.js'
import type { SmokeTest } from './test.js'

/** Seconds between the TERM and the KILL that end a test which takes too long. */
export const killAfter = 5

/** What goes over SSH for one try of a test. */
export interface GuestCommand {
  readonly command: string
  readonly input?: Uint8Array
}

// $1: name, $2: time limit. The file comes in on standard input, so that copying and running it is one command.
const receiveAndRun = `
d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && cat >"$d/$1" && chmod 700 "$d/$1" && cd "$d" &&
timeout -k ${killAfter} "$2" "./$1" </dev/null`

/**
 * Runs in the guest under coreutils' (or busybox') timeout, which ends all that the test has started in its process
 * group. A script stops at the first command that fails, as a `run:` step of a workflow does.
 */
export function guestCommand({ action }: Pick<SmokeTest, 'action'>, seconds: number): GuestCommand {
  if ('script' in action) {
    return {
      command: quote(['timeout', '-k', String(killAfter), String(seconds), 'sh', '-ec', action.script]),
    }
  }
  const { executable } = action
  return {
    command: quote(['sh', '-c', receiveAndRun, 'sh', path.basename(executable), String(seconds)]),
    input: readFileSync(executable),
  }
}
