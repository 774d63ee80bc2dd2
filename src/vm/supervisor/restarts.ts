import type { FailureReport } from '../../runtime/errors.js'
import type { Stage } from '../stages.js'
import type { Restart } from '../state.js'

/** Restarts that are kept: an upgrade that is rolled back has four, a guest that restarts without end has any number. */
const kept = 10

/** Keeps account of a guest that restarts after it has been ready. */
export class Restarts {
  private list: readonly Restart[] = []

  /** @param elapsed seconds since QEMU was started */
  constructor(
    private readonly elapsed: () => number,
    private readonly publish: (restarts: readonly Restart[]) => void,
  ) {}

  begin(): void {
    this.change([...this.list, { at: rounded(this.elapsed()), timings: { firmware: 0 } }])
  }

  reach(stage: Stage): void {
    const last = this.list.at(-1)
    if (last === undefined || stage in last.timings) return
    this.update({ timings: { ...last.timings, [stage]: rounded(this.elapsed() - last.at) } })
  }

  /** The first failure of a start stands; what comes later is a consequence. */
  fail(failure: FailureReport): void {
    if (this.list.at(-1)?.failure === undefined) this.update({ failure })
  }

  private update(change: Partial<Restart>): void {
    const last = this.list.at(-1)
    if (last !== undefined) this.change([...this.list.slice(0, -1), { ...last, ...change }])
  }

  private change(list: readonly Restart[]): void {
    this.list = list.slice(-kept)
    this.publish(this.list)
  }
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3))
}
