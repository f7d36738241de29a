/** From a body to a draft: counts, hashes and writes, with flat memory, and stops when it should. */
import { createHash } from 'node:crypto'
import type { HandlerProblem } from '../../steps.ts'
import type { Draft } from '../storage/store.ts'
import type { UploadPatience } from './transfers.ts'

export type Received =
  | { readonly kind: 'received'; readonly size: number; readonly checksum: string }
  /** The sender went away, or sent fewer bytes than announced. */
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'full' }
  /** Another attempt has won, or this one was taken for dead. */
  | { readonly kind: 'lost' }
  /** Somebody on this side said stop. */
  | { readonly kind: 'stopped'; readonly problem: HandlerProblem }

/** A way to end the waiting for a body that may never come. The first to call wins; later calls do nothing. */
export class Interruption {
  #outcome: Received | undefined
  #wake: (() => void) | undefined

  stop(outcome: Received): void {
    this.#outcome ??= outcome
    this.#wake?.()
  }

  get outcome(): Received | undefined {
    return this.#outcome
  }

  /**
   * What `promise` brings, or `undefined` once stopped. Not `Promise.race` against one long promise: that would keep a
   * reaction for every chunk of the body until the end.
   */
  orStopped<T>(promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined)
      promise.then(resolve, reject)
      if (this.#outcome !== undefined) resolve(undefined)
    })
  }
}

export interface Reception {
  readonly body: AsyncIterable<Uint8Array>
  readonly draft: Draft
  /** Bytes; also holds for bodies whose length nobody announced. */
  readonly limit: number
  readonly contentLength?: number
  readonly interruption: Interruption
  readonly patience: UploadPatience
}

const batchSize = 1024 * 1024
/** Many tiny chunks cost more than their bytes; this many make a batch too. */
const batchChunks = 1024

/**
 * Throws only when storage fails. The body is never told to end early (that would cut the connection an answer is to go
 * through): what is left of it is the door's to drain or to cut.
 */
export async function receive(reception: Reception): Promise<Received> {
  const { draft, limit, contentLength, interruption } = reception
  const iterator = reception.body[Symbol.asyncIterator]()
  const watch = watchBody(reception)
  const hash = createHash('md5')
  const batches = writeBatches(draft)
  let size = 0
  try {
    for (;;) {
      const next = await watch.next(iterator)
      if (next.kind === 'stop') return next.outcome
      if (next.kind === 'end') break
      const { bytes } = next
      size += bytes.byteLength
      if (size > limit) return { kind: 'too-large' }
      if (contentLength !== undefined && size > contentLength) {
        return { kind: 'broken', detail: `the body has more than the ${contentLength} bytes announced` }
      }
      hash.update(bytes)
      if (batches.add(bytes) && (await batches.flush()) === 'full') return { kind: 'full' }
    }
    if (contentLength !== undefined && size !== contentLength) {
      return { kind: 'broken', detail: `the body ended after ${size} of ${contentLength} bytes` }
    }
    if ((await batches.flush()) === 'full' || (await batches.written()) === 'full') return { kind: 'full' }
    return interruption.outcome ?? { kind: 'received', size, checksum: hash.digest('hex') }
  } finally {
    watch.end()
    // Whatever comes next deletes or closes the file: no write may be under way then.
    await batches.written().catch(() => undefined)
  }
}

/** One write is under way while the next batch is collected; more at once are slower. */
function writeBatches(draft: Draft) {
  let batch: Uint8Array[] = []
  let batched = 0
  let start = 0
  let writing: Promise<'written' | 'full'> = Promise.resolve('written')
  return {
    /** True when it is time to flush. */
    add(bytes: Uint8Array): boolean {
      batch.push(bytes)
      batched += bytes.byteLength
      return batched >= batchSize || batch.length >= batchChunks
    },
    /** Waits for the write before, and begins the next. */
    async flush(): Promise<'written' | 'full'> {
      const previous = await writing
      if (previous === 'full' || batched === 0) return previous
      writing = draft.write(start, batch)
      writing.catch(() => undefined)
      start += batched
      batch = []
      batched = 0
      return 'written'
    },
    written: (): Promise<'written' | 'full'> => writing,
  }
}

type Next =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'stop'; readonly outcome: Received }

/** Only time spent waiting for the sender counts; a slow disk of ours stalls nobody. */
function watchBody({ interruption, patience }: Reception) {
  let waited = 0
  let received = 0
  let since: number | undefined
  const stalled = (): boolean => waited + (since === undefined ? 0 : performance.now() - since) > patience.stallAfter
  const timer = setInterval(
    () => {
      if (stalled()) interruption.stop({ kind: 'stalled' })
    },
    Math.min(1000, patience.stallAfter / 4),
  )
  return {
    next: async (iterator: AsyncIterator<Uint8Array>): Promise<Next> => {
      since = performance.now()
      try {
        const result = await interruption.orStopped(iterator.next())
        if (result === undefined || interruption.outcome !== undefined) {
          return { kind: 'stop', outcome: interruption.outcome ?? { kind: 'stalled' } }
        }
        if (result.done === true) return { kind: 'end' }
        received += result.value.byteLength
        return { kind: 'bytes', bytes: result.value }
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error)
        return { kind: 'stop', outcome: { kind: 'broken', detail: `the connection broke: ${detail}` } }
      } finally {
        waited += performance.now() - since
        since = undefined
        if (received >= patience.minimumBytes) {
          received = 0
          waited = 0
        }
      }
    },
    end: () => clearInterval(timer),
  }
}
