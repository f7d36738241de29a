/** Fetch one small JSON document from an issuer: bounded in time and size, never redirected. Failures are values. */
export type FetchDocument = (address: string) => Promise<Fetched>

export type Fetched =
  | { readonly kind: 'document'; readonly document: unknown }
  | { readonly kind: 'failed'; readonly reason: string }

export interface FetchDocumentOptions {
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds for the whole answer, its body included. */
  readonly timeout: number
  /** Bytes. */
  readonly maxSize: number
}

const failed = (reason: string): Fetched => ({ kind: 'failed', reason })

export const createFetchDocument =
  ({ fetch, timeout, maxSize }: FetchDocumentOptions): FetchDocument =>
  async (address) => {
    try {
      const response = await fetch(address, {
        headers: { accept: 'application/json, application/jwk-set+json', 'user-agent': 'portvakt' },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      })
      if (response.status !== 200) {
        await response.body?.cancel()
        return failed(`\`${address}\` answered ${response.status}`)
      }
      const text = await readBounded(response, maxSize)
      if (text === undefined) return failed(`\`${address}\` answered more than ${maxSize} bytes`)
      return { kind: 'document', document: JSON.parse(text) as unknown }
    } catch (error) {
      return failed(`\`${address}\` did not give a JSON document: ${nameOf(error)}`)
    }
  }

const readBounded = async (response: Response, maxSize: number): Promise<string | undefined> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxSize) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The kind of an error, not its text: the text of a JSON error quotes what the other side sent. */
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error'
  const cause = error.cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  return code ?? error.name
}
