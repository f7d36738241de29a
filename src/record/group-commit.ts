/**
 * Group commit: items that arrive while a batch is on its way form the next one, so that an item waits for its own batch and
 * never for a commit of its own. Nothing here knows of databases.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { RecordError } from './failure.ts'

export interface GroupCommitOptions<T> {
  /**
   * Makes a batch durable, all or nothing. Called again with the same batch, or a part of it, when it has thrown, with a
   * higher attempt; what an earlier attempt did write must not be written twice.
   */
  readonly commit: (batch: readonly T[], attempt: number) => Promise<void>
  /** Is the batch itself to blame? Then it is tried once more, and halved until the item is found. Otherwise it is tried again and again. */
  readonly isLasting: (error: unknown) => boolean
  /** Batches on their way at a time. */
  readonly lanes: number
  readonly largestBatch: number
  /** Sum of the sizes in a batch; a larger item goes alone. */
  readonly largestBatchSize: number
  /** Items waiting or on their way at most. */
  readonly backlog: number
  /** Milliseconds after which an item that is not durable fails. */
  readonly patience: number
  /** Milliseconds to let a batch grow; 0: until the events at hand have been handled. */
  readonly gather: number
  /** A clock in milliseconds that never goes back. */
  readonly clock: () => number
  /** Told of every item that was given, once: it is durable, or it failed. */
  readonly onSettled?: (error: RecordError | undefined) => void
}

interface Waiting<T> {
  readonly item: T
  readonly size: number
  readonly deadline: number
  readonly resolve: () => void
  readonly reject: (error: RecordError) => void
  isSettled: boolean
}

const sweepEvery = 50
const firstPause = 20
const longestPause = 500

export class GroupCommit<T> {
  readonly #options: GroupCommitOptions<T>
  #queue: Waiting<T>[] = []
  readonly #onTheWay = new Set<readonly Waiting<T>[]>()
  #pending = 0
  #isScheduled = false
  #isClosed = false
  #sweeper: NodeJS.Timeout | undefined
  #wakeCloser: (() => void) | undefined
  #batches = 0

  constructor(options: GroupCommitOptions<T>) {
    this.#options = options
  }

  /** Items not yet durable. */
  get pending(): number {
    return this.#pending
  }

  /** Batches that have become durable. */
  get batches(): number {
    return this.#batches
  }

  /** Resolves when the item is durable; rejects with `RecordError`, and then it may or may not be. */
  add(item: T, size: number): Promise<void> {
    if (this.#isClosed) return this.refuse(new RecordError('RECORD_CLOSED', 'the recorder is closed'))
    if (this.#pending >= this.#options.backlog)
      return this.refuse(new RecordError('RECORD_BACKLOG', `${this.#pending} records are waiting already`))
    return new Promise((resolve, reject) => {
      const deadline = this.#options.clock() + this.#options.patience
      this.#queue.push({ item, size, deadline, resolve, reject, isSettled: false })
      this.#pending++
      this.#sweeper ??= setInterval(() => this.#sweep(), sweepEvery)
      this.#schedule()
    })
  }

  /** For an item that is not taken. */
  refuse(error: RecordError): Promise<never> {
    this.#options.onSettled?.(error)
    return Promise.reject(error)
  }

  /** Takes nothing more; returns when everything taken is durable or has failed. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#send()
    if (this.#pending === 0) return
    await new Promise<void>((resolve) => {
      this.#wakeCloser = resolve
    })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#onTheWay.size >= this.#options.lanes) return
    this.#isScheduled = true
    const send = (): void => {
      this.#isScheduled = false
      this.#send()
    }
    if (this.#options.gather > 0 && !this.#isClosed) setTimeout(send, this.#options.gather)
    else setImmediate(send)
  }

  #send(): void {
    while (this.#queue.length > 0 && this.#onTheWay.size < this.#options.lanes) void this.#run(this.#takeBatch())
  }

  #takeBatch(): Waiting<T>[] {
    let count = 0
    let size = 0
    for (const waiting of this.#queue) {
      if (count === this.#options.largestBatch) break
      if (count > 0 && size + waiting.size > this.#options.largestBatchSize) break
      size += waiting.size
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #run(batch: readonly Waiting<T>[]): Promise<void> {
    this.#onTheWay.add(batch)
    await this.#commit(batch, 0)
    this.#onTheWay.delete(batch)
    if (this.#queue.length > 0) this.#schedule()
  }

  /** Never throws: every item of the batch is settled on return. */
  async #commit(batch: readonly Waiting<T>[], firstAttempt: number): Promise<void> {
    for (let attempt = firstAttempt; ; attempt++) {
      try {
        await this.#options.commit(
          batch.map(({ item }) => item),
          attempt,
        )
        this.#batches++
        for (const waiting of batch) this.#settle(waiting)
        return
      } catch (error) {
        if (this.#options.isLasting(error)) {
          if (attempt > 0) return this.#divide(batch, attempt, error)
          continue
        }
        if (batch.every(({ isSettled }) => isSettled)) return
        await sleep(Math.min(longestPause, firstPause * 2 ** Math.min(attempt, 10)))
        if (batch.every(({ isSettled }) => isSettled)) return
      }
    }
  }

  async #divide(batch: readonly Waiting<T>[], attempt: number, error: unknown): Promise<void> {
    const [only] = batch
    if (batch.length === 1 && only !== undefined) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#settle(only, new RecordError('RECORD_REJECTED', `the database refuses the record: ${reason}`, error))
      return
    }
    const half = batch.length >> 1
    await this.#commit(batch.slice(0, half), attempt + 1)
    await this.#commit(batch.slice(half), attempt + 1)
  }

  #settle(waiting: Waiting<T>, error?: RecordError): void {
    if (waiting.isSettled) return
    waiting.isSettled = true
    this.#pending--
    this.#options.onSettled?.(error)
    if (error === undefined) waiting.resolve()
    else waiting.reject(error)
    if (this.#pending === 0) {
      clearInterval(this.#sweeper)
      this.#sweeper = undefined
      this.#wakeCloser?.()
    }
  }

  /** Fails what has waited too long. A batch on its way goes on: the database may be writing it. */
  #sweep(): void {
    const now = this.#options.clock()
    const kept = this.#queue.findIndex(({ deadline }) => deadline > now)
    const expired = kept === -1 ? this.#queue.splice(0) : this.#queue.splice(0, kept)
    for (const batch of this.#onTheWay) for (const waiting of batch) if (waiting.deadline <= now) expired.push(waiting)
    for (const waiting of expired)
      this.#settle(
        waiting,
        new RecordError('RECORD_UNAVAILABLE', `the database has not confirmed within ${this.#options.patience} ms`),
      )
  }
}
