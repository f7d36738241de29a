import { addAbortSignal, type Readable } from 'node:stream'
import { transact } from '../../database/transact.ts'
import type { Grant, HandlerProblem } from '../../steps.ts'
import { problem } from '../problem.ts'
import type { Reading } from '../storage/store.ts'
import { contentDisposition } from './content-disposition.ts'
import type { Transfer } from './find.ts'
import { byGrant, lockTransfer, moveRecipient } from './move.ts'
import { isSameFile, parseRange, type Range } from './range.ts'
import type { Transfers } from './transfers.ts'

export interface DownloadInput {
  /** Nine digits: the recipient that the decision was about. */
  readonly party: string
  readonly range?: string | undefined
  readonly ifRange?: string | undefined
  /** HEAD: headers alone; nothing is opened to be read and nothing goes into the history. */
  readonly headersOnly?: boolean
}

export interface Download {
  readonly kind: 'download'
  readonly status: 200 | 206
  readonly headers: Readonly<Record<string, string>>
  /** Bytes of the body. */
  readonly length: number
  /** Absent for HEAD. Destroy it when it will not be read. Fails when `grant.signal` aborts, so that the client sees a cut. */
  readonly body?: Readable
}

/** Parts of a file that are fetched within this many milliseconds of each other are one download in the history. */
const rangeDebounce = 5 * 60_000

/** Records DownloadStarted for the party and returns the open file. Throws when database or storage fail. */
export async function openDownload(
  transfers: Transfers,
  grant: Grant,
  transfer: Transfer,
  input: DownloadInput,
): Promise<Download | HandlerProblem> {
  const refusal = checkDownload(transfer, input.party)
  if (refusal !== undefined) return refusal
  const { blob, size } = transfer
  if (blob === null || size === null) return problem('BRO-00003')
  const etag = `"${transfer.computedChecksum}"`
  const range = isSameFile(input.ifRange, etag) ? parseRange(input.range, size) : ({ kind: 'whole' } as const)
  if (range.kind === 'unsatisfiable') return problem('BRO-00029', { headers: { 'Content-Range': `bytes */${size}` } })
  const answer = describe(transfer.fileName, size, etag, range)
  if (input.headersOnly === true) return answer
  // Opened first: what is open can be read to its end, whatever is purged meanwhile.
  const reading = await transfers.store.open(blob)
  if (reading === undefined) return gone(transfers, transfer.id)
  const refused = await recordStart(transfers, grant, transfer.id, input.party, range).catch(closing(reading))
  if (refused !== undefined) {
    await reading.close()
    return refused
  }
  const { first, last } = range.kind === 'part' ? range : { first: 0, last: size - 1 }
  return { ...answer, body: addAbortSignal(grant.signal, reading.read(first, last)) }
}

function checkDownload(
  transfer: { readonly status: string; readonly recipients: readonly { readonly party: string }[] },
  party: string,
): HandlerProblem | undefined {
  if (!transfer.recipients.some((recipient) => recipient.party === party)) return problem('BRO-00006')
  const isReady = transfer.status === 'Published' || transfer.status === 'AllConfirmedDownloaded'
  return isReady ? undefined : problem('BRO-00007')
}

function describe(fileName: string, size: number, etag: string, range: Range): Omit<Download, 'body'> {
  const length = range.kind === 'part' ? range.last - range.first + 1 : size
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': contentDisposition(fileName),
    'Content-Length': String(length),
    'Accept-Ranges': 'bytes',
    ETag: etag,
  }
  if (range.kind !== 'part') return { kind: 'download', status: 200, headers, length }
  const part = { ...headers, 'Content-Range': `bytes ${range.first}-${range.last}/${size}` }
  return { kind: 'download', status: 206, headers: part, length }
}

/** The state is looked at again under the lock: it may have changed since the transfer was read. */
function recordStart(
  transfers: Transfers,
  grant: Grant,
  id: string,
  party: string,
  range: Range,
): Promise<HandlerProblem | undefined> {
  const at = grant.now
  return transact(transfers.sql, async (transaction) => {
    const transfer = await lockTransfer(transaction, id)
    if (transfer === undefined) return problem('BRO-00001')
    const refusal = checkDownload(transfer, party)
    if (refusal !== undefined) return refusal
    const { rangeRecorded = null } = transfer.recipients.find((recipient) => recipient.party === party) ?? {}
    if (range.kind === 'part') {
      if (rangeRecorded !== null && at.getTime() - rangeRecorded.getTime() < rangeDebounce) return undefined
      await transaction`
        update transfer_recipient set range_recorded = ${at} where transfer = ${id} and party = ${party}`
    }
    await moveRecipient(transaction, transfer, party, { to: 'DownloadStarted', at, by: byGrant(grant) })
    return undefined
  })
}

/** A file that is not there is right for a transfer that was purged a moment ago, and a fault of storage otherwise. */
async function gone(transfers: Transfers, id: string): Promise<HandlerProblem> {
  const [row] = await transfers.sql<{ status: string }[]>`select status from transfer where id = ${id}`
  if (row?.status === 'Purged') return problem('BRO-00007')
  throw new Error(`the file of transfer ${id} is missing from storage`)
}

const closing =
  (reading: Reading) =>
  async (error: unknown): Promise<never> => {
    await reading.close()
    throw error
  }
