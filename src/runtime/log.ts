import * as core from '@actions/core'
import { inert, inertLines, withoutAnsi } from './inert.js'

/** A line of our own for the job log. Anything in it that came from elsewhere is made inert too. */
export function info(message: string): void {
  for (const line of inertLines(message)) core.info(line)
}

/** An annotation; the runner's own escaping keeps it one command. */
export function warning(message: string, properties?: core.AnnotationProperties): void {
  core.warning(inertLines(message).join('\n'), properties)
}

/** Has the runner show stars in the log wherever this text would be. */
export function secret(text: string): void {
  core.setSecret(text)
}

/** Lines that a guest or a tool printed, set off from ours by a bar. */
export function quoted(text: string): void {
  for (const line of inertLines(withoutAnsi(text))) core.info(`  │ ${line}`)
}

/** A folded group in the job log around `work`. */
export function group<T>(title: string, work: () => Promise<T>): Promise<T> {
  return core.group(inert(title), work)
}
