/** Reads a request body: bounded in size and time, and only when somebody has decided that it may be sent. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProblemCode } from '../problems.ts'

export interface BodyBounds {
  /** Bytes. */
  readonly size: number
  /** Milliseconds from the first read to the last. */
  readonly time: number
}

export type BodyRead =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly code: Extract<ProblemCode, 'PVK-00007' | 'PVK-00018'> }

/** Sends 100 Continue to a client that waits for it (RFC 9110, section 10.1.1); call it when the body is wanted, not before. */
export function invite(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (incoming.headers.expect?.toLowerCase() === '100-continue') outgoing.writeContinue()
}

/** Too large and too slow are values; a client that goes away throws. */
export async function readBody(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  bounds: BodyBounds,
): Promise<BodyRead> {
  if (Number(incoming.headers['content-length'] ?? 0) > bounds.size) return { ok: false, code: 'PVK-00007' }
  const body = openBody(incoming, outgoing)
  const reading = body.bytes[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let size = 0
  let late = false
  let wake = (): void => undefined
  const timer = setTimeout(() => {
    late = true
    wake()
  }, bounds.time)
  // not a race against one long promise, which would keep a reaction for every chunk
  const next = (): Promise<IteratorResult<Uint8Array> | undefined> =>
    new Promise((resolve, reject) => {
      wake = () => resolve(undefined)
      reading.next().then(resolve, reject)
    })
  const giveUp = (code: 'PVK-00007' | 'PVK-00018'): BodyRead => {
    body.drain()
    return { ok: false, code }
  }
  try {
    for (;;) {
      const chunk = await next()
      if (chunk === undefined || late) return giveUp('PVK-00018')
      if (chunk.done === true) break
      size += chunk.value.length
      if (size > bounds.size) return giveUp('PVK-00007')
      chunks.push(chunk.value)
    }
  } finally {
    clearTimeout(timer)
  }
  return { ok: true, bytes: Buffer.concat(chunks) }
}

/** A body that a handler reads for itself, as it comes. */
export interface OpenBody {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Reads on and forgets what comes, for a while: closing at once would reset the connection under the answer. */
  drain(): void
}

const drainedBytes = 64 * 1024 * 1024
const drainedFor = 10_000

/** The client is invited to send when the handler begins to read, which is after it has looked at status and length. */
export function openBody(incoming: IncomingMessage, outgoing: ServerResponse): OpenBody {
  let reading: AsyncIterator<Buffer> | undefined
  const read = (): AsyncIterator<Buffer> => {
    if (reading === undefined) {
      invite(incoming, outgoing)
      reading = incoming[Symbol.asyncIterator]()
    }
    return reading
  }
  return {
    // without `return`: leaving the loop early must not destroy the request, which would cut the answer too
    bytes: { [Symbol.asyncIterator]: () => ({ next: () => read().next() }) },
    drain() {
      if (reading === undefined || incoming.complete) return
      const timer = setTimeout(() => incoming.destroy(), drainedFor)
      void forget(reading).finally(() => {
        clearTimeout(timer)
        if (!incoming.complete) incoming.destroy()
      })
    },
  }
}

async function forget(reading: AsyncIterator<Buffer>): Promise<void> {
  for (let left = drainedBytes; left > 0; ) {
    const next = await reading.next().catch(() => ({ done: true as const, value: undefined }))
    if (next.done === true) return
    left -= next.value.length
  }
}
