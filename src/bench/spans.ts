import type { RunRecord } from './record.js'

/** A stretch of a run; `end` is where the next begins. */
export interface Span {
  readonly name: string
  /** Seconds since the runner was first started. */
  readonly start: number
  readonly end: number
}

/** The phases of a run as spans; none where the runner told none. */
export function spansOf({ phases, runner }: Pick<RunRecord, 'phases' | 'runner'>): Span[] {
  const last = Math.max(runner.seconds, phases.at(-1)?.start ?? 0)
  return phases.map(({ name, start }, index) => ({ name, start, end: phases[index + 1]?.start ?? last }))
}
