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
  invite(incoming, outgoing)
  const chunks: Buffer[] = []
  let size = 0
  let late = false
  const timer = setTimeout(() => {
    late = true
    incoming.destroy()
  }, bounds.time)
  try {
    for await (const chunk of incoming) {
      size += chunk.length
      if (size > bounds.size) return { ok: false, code: 'PVK-00007' }
      chunks.push(chunk)
    }
  } catch (error) {
    if (late) return { ok: false, code: 'PVK-00018' }
    throw error
  } finally {
    clearTimeout(timer)
  }
  return { ok: true, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) }
}
