import { info, quoted } from '../runtime/log.js'
import { formatDuration } from '../runtime/units.js'
import { consoleTail } from '../vm/console.js'
import type { SupervisorClient } from '../vm/client.js'
import type { VmState } from '../vm/state.js'
import type { Course } from './judge.js'

/** Milliseconds between signs of life while nothing happens. */
const silence = 15_000

/** Lines of the console that are kept of the first start that led to another. */
const shownLines = 40

/** Tells in the log how an upgrade goes, and how the restarts of the guest do. */
export class Progress {
  private readonly known: number
  private readonly told = new Set<string>()
  private readonly alive: NodeJS.Timeout
  private doing: () => string = () => 'looking at the guest'
  private readonly restart = new AbortController()
  private lastWords: readonly string[] = []

  constructor(private readonly client: SupervisorClient) {
    const started = performance.now()
    this.known = client.state.restarts?.at(-1)?.at ?? -1
    this.alive = setInterval(() => {
      info(`  ${formatDuration(performance.now() - started)}: still ${this.doing()}`)
    }, silence)
    client.onChange((state) => {
      this.tell(state)
    })
  }

  /** Aborted when the guest restarts: one whose power was cut leaves its connections open, and ssh waits a minute. */
  get restarted(): AbortSignal {
    return this.restart.signal
  }

  /** How many starts were seen. */
  get starts(): number {
    return this.new(this.client.state).length
  }

  /** What went wrong in the last start, and how the first of several ended. */
  story(): Pick<Course, 'trouble' | 'lastWords'> {
    return { trouble: this.new(this.client.state).at(-1)?.failure, lastWords: this.lastWords }
  }

  /** Says what is under way until the next call, or until the guest restarts. */
  during(doing: () => string): void {
    this.doing = doing
  }

  end(): void {
    clearInterval(this.alive)
  }

  private new(state: VmState): NonNullable<VmState['restarts']> {
    return (state.restarts ?? []).filter(({ at }) => at > this.known)
  }

  private tell(state: VmState): void {
    this.new(state).forEach(({ timings, failure }, index) => {
      const start = `start ${index + 1}`
      this.restart.abort()
      if (index === 1 && this.first(start)) this.lastWords = consoleTail(state.console, shownLines)
      for (const [stage, seconds] of Object.entries(timings)) {
        if (!this.first(`${start} ${stage}`)) continue
        this.during(() => `in stage ${stage} of ${start}`)
        info(`  ${seconds.toFixed(1).padStart(6)} s  ${stage}${stage === 'firmware' ? ` (${start})` : ''}`)
      }
      if (failure !== undefined && this.first(`${start} failed`)) {
        info(`  ${start} failed: ${failure.class}: ${failure.message}`)
        quoted(failure.evidence.join('\n'))
      }
    })
  }

  private first(what: string): boolean {
    if (this.told.has(what)) return false
    this.told.add(what)
    this.alive.refresh()
    return true
  }
}
