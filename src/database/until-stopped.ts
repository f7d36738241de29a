import type { PendingQuery, Row } from 'postgres'

/**
 * What the query answers. When `signal` is aborted the server is told to give it up, and this throws the signal's reason: to
 * close the connection would not end it there.
 */
export async function untilStopped<T extends readonly Row[]>(
  query: PendingQuery<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted()
  const cancel = (): void => query.cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await query
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}
