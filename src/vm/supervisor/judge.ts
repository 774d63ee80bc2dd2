import { Failure } from '../../runtime/errors.js'
import type { ConsoleReader, Sign } from '../console-rules.js'
import type { QmpEvent } from '../qmp.js'
import { bootLoop, eventFailure } from './verdict.js'

/** Milliseconds in which a guest prints the trace that follows the line of its death. */
const lastWords = 300

/** Resets of a guest that has not been ready, beyond which it is in a loop; three failed trials of a new slot are not. */
const resetLimit = 5

/** The VM that is judged. */
export interface Judged {
  readonly folder: string
  readonly rules: ConsoleReader
  readonly booting: () => boolean
  /** A client follows the guest's restarts: what goes wrong in them is for that one to judge. */
  readonly onTrial: () => boolean
  /** The last lines of the console. */
  readonly tail: () => readonly string[]
  /** Carries the verdict out. */
  readonly fail: (failure: Failure) => void
  /** Takes note of a start on trial that came to nothing. */
  readonly note: (failure: Failure) => void
  readonly restarted: () => void
}

/** A line that makes a guest's death likely, and what it means. */
export interface Hint extends Sign {
  readonly line: string
}

/** Finds out that a guest is lost, by what it prints and what QEMU tells of it. */
export class Judge {
  private resets = 0
  /** A failure that is certain while its last words still come. */
  private first: (() => Failure | undefined) | undefined

  private suspicion: Hint | undefined

  constructor(private readonly vm: Judged) {}

  /** The first line that did not prove the guest lost but may tell why it was not ready in time. */
  get hint(): Hint | undefined {
    return this.suspicion
  }

  /** Undefined while nothing speaks against the guest. */
  get verdict(): Failure | undefined {
    return this.first?.()
  }

  /** A line of the console, which may not have ended yet. */
  read(line: string): void {
    const { rules } = this.vm
    const hint = this.suspicion ? undefined : rules.hintIn(line)
    if (hint) this.suspicion = { ...hint, line }
    const sign = this.first ? undefined : rules.signIn(line, this.vm.booting())
    if (!sign) return
    const { class: kind, message, advice } = sign
    this.condemn(() => {
      // It may have been recognised before the guest had ended the line, whose end may make it harmless.
      const whole = this.vm.tail().filter((told) => sign.pattern.test(told))
      const telling = whole.length === 0 ? line : whole.find((told) => !rules.allows(told))
      return telling === undefined
        ? undefined
        : new Failure({ class: kind, message, advice, evidence: [telling] })
    }, true)
  }

  hear(event: QmpEvent): void {
    if (event.event === 'RESET') {
      this.resets += event.data?.guest === true ? 1 : 0
      if (!this.vm.booting()) this.vm.restarted()
      else if (this.resets >= resetLimit) this.vm.fail(bootLoop(this.resets))
      return
    }
    const failure = eventFailure(event, this.vm.folder)
    if (failure) this.condemn(() => failure, event.event === 'GUEST_PANICKED')
  }

  /** @param own what the guest did to itself, and can get over with another start */
  private condemn(verdict: () => Failure | undefined, own: boolean): void {
    const first = (this.first ??= verdict)
    setTimeout(() => {
      const failure = first()
      const forgiven = own && this.vm.onTrial()
      if (failure && forgiven) this.vm.note(failure)
      else if (failure) this.vm.fail(failure)
      if ((!failure || forgiven) && this.first === first) this.first = undefined
    }, lastWords).unref()
  }
}
