import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { defaultLimits } from '../ssh/archive.js'
import { type Received, receive, type ReceiveOptions } from '../ssh/transfer.js'
import type { Guest } from '../vm/guest.js'

/** What is copied while the runner goes on is small, and soon over; it waits for the runner's end otherwise. */
const meanwhile = {
  limits: { ...defaultLimits, bytes: 2 ** 24, fileBytes: 2 ** 24, entries: 5000 },
  timeout: 10_000,
  idle: true,
}

/**
 * Copies of a results folder of the guest, each in the place of the one before, so that a guest that dies leaves the
 * results of the phases that were over.
 */
export class Collection {
  private newest: Received | undefined
  private copying: Promise<void> | undefined
  private phases = 0

  /** @param local the folder of the newest copy; it is made by the first. @param onCopy told of each copy that is kept */
  constructor(
    private readonly guest: Guest,
    private readonly remote: string,
    private readonly local: string,
    private readonly options: ReceiveOptions,
    private readonly onCopy: (received: Received) => void,
  ) {}

  /** Copies what the phases before have left, with what the guest's CPU has to spare; one copy at a time. Never fails. */
  phaseBegins(): void {
    this.phases += 1
    if (this.phases === 1) return
    this.copying ??= this.copy({ ...this.options, ...meanwhile })
      .catch(() => undefined)
      .finally(() => (this.copying = undefined))
  }

  /** The end of a copy that is under way. */
  async settled(): Promise<void> {
    await this.copying
  }

  /** Copies all of it, once the runner has ended. */
  async finish(): Promise<void> {
    await this.copy(this.options)
  }

  private async copy(options: ReceiveOptions): Promise<void> {
    const fresh = mkdtempSync(`${this.local}-`)
    const received = await receive(this.guest, this.remote, fresh, options)
    const { broken, complaint } = received
    const before = this.newest
    if (broken !== undefined && before !== undefined && before.files.length > received.files.length) {
      rmSync(fresh, { recursive: true })
      this.newest = { ...before, broken, complaint }
    } else {
      rmSync(this.local, { recursive: true, force: true })
      renameSync(fresh, this.local)
      this.newest = received
    }
    this.onCopy(this.newest)
  }
}
