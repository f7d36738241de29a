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

/**
 * Too large and too slow are values; a client that goes away throws. Events, and no iterator: for a body of one piece, as
 * nearly all are, that is half the work.
 */
export function readBody(incoming: IncomingMessage, outgoing: ServerResponse, bounds: BodyBounds): Promise<BodyRead> {
  if (Number(incoming.headers['content-length'] ?? 0) > bounds.size)
    return Promise.resolve({ ok: false, code: 'PVK-00007' })
  invite(incoming, outgoing)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer): void => {
      size += chunk.length
      chunks.push(chunk)
      if (size > bounds.size) giveUp('PVK-00007')
    }
    const end = (): void => {
      leave()
      resolve({ ok: true, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) })
    }
    const fail = (error?: Error): void => {
      leave()
      reject(error ?? new Error('the client went away before its body had come'))
    }
    const leave = (): void => {
      clearTimeout(timer)
      incoming.off('data', take).off('end', end).off('error', fail).off('close', fail)
    }
    const giveUp = (code: 'PVK-00007' | 'PVK-00018'): void => {
      leave()
      drain(incoming)
      resolve({ ok: false, code })
    }
    const timer = setTimeout(giveUp, bounds.time, 'PVK-00018')
    if (incoming.readableEnded) return end()
    if (incoming.destroyed) return fail()
    incoming.on('data', take).on('end', end).on('error', fail).on('close', fail)
  })
}

/** Reads on and forgets what comes, for a while: closing at once would reset the connection under the answer. */
function drain(incoming: IncomingMessage): void {
  if (incoming.complete) return
  const destroy = (): void => {
    incoming.destroy()
  }
  const timer = setTimeout(destroy, drainedFor)
  let left = drainedBytes
  incoming.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left <= 0) destroy()
  })
  const stop = (): void => clearTimeout(timer)
  incoming.once('end', stop).once('close', stop).on('error', stop)
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
