/**
 * One body becomes the file of a transfer (broker API 1.5), or leaves no trace.
 *
 *   attempt row ─► draft ─► bytes ─► fsync, rename ─► one transaction: attempt won, file known, status moved, events
 *
 * Killed anywhere before the transaction, the transfer is UploadStarted as before and takes another upload; the attempt's
 * row is found dead and its blob deleted. Killed after it, the transfer has moved on.
 *
 * What becomes of the transfer when an upload does not succeed:
 *   connection broken, stalled, too large, disk full, stopped   stays UploadStarted, the sender may try again (24 h)
 *   checksum wrong, storage failed                              Failed, unless another attempt is running
 *   another attempt has won                                     nothing: 409, and only this attempt's blob goes
 */
import { transact } from '../../database/transact.ts'
import type { Grant, HandlerProblem } from '../../steps.ts'
import { isProblem, problem } from '../problem.ts'
import type { Draft } from '../storage/store.ts'
import {
  type Attempt,
  beginAttempt,
  discardAttempt,
  hasRivals,
  isRunning,
  keepAlive,
  patienceOf,
  removeBlob,
  winAttempt,
} from './attempt.ts'
import type { Transfer } from './find.ts'
import { checkResource } from './initialize.ts'
import { lockTransfer, move } from './move.ts'
import { Interruption, type Received, receive } from './receive.ts'
import { checkScanning, type Scanning, sizeLimit } from './scanning-rule.ts'
import type { BrokerResource, Transfers } from './transfers.ts'

export interface UploadInput {
  /**
   * Read through one iterator, whose `return` is never called: on a request of Node that would cut the connection under the
   * answer. After a refusal the door goes on with *its* iterator and forgets what comes, for a while, then closes; a
   * `resume()` on the request does nothing while an iterator is attached.
   */
  readonly body: AsyncIterable<Uint8Array>
  /** Bytes, when the client announced them. */
  readonly contentLength?: number
}

export interface Uploaded {
  readonly kind: 'uploaded'
  readonly id: string
  /** Bytes. */
  readonly size: number
  /** MD5, lower-case hexadecimal. */
  readonly checksum: string
  readonly status: 'Published' | 'UploadProcessing'
}

/** Room that an upload of known length must leave, in bytes: the database may live on the same disk. */
const reserve = 64 * 1024 * 1024

/**
 * Ends early when `grant.signal` aborts; an abort reason that is a `HandlerProblem` is the answer, otherwise PVK-00012.
 * May leave the rest of the body unread, on every answer but success. Throws when the database fails.
 */
export async function upload(
  transfers: Transfers,
  grant: Grant,
  transfer: Transfer,
  resource: BrokerResource | undefined,
  input: UploadInput,
): Promise<Uploaded | HandlerProblem> {
  if (transfer.status !== 'Initialized' && transfer.status !== 'UploadStarted') return problem('BRO-00004')
  const refusal = checkResource(resource)
  if (refusal !== undefined || resource === undefined) return refusal ?? problem('BRO-00005')
  const scanning = checkScanning(transfers, resource, transfer.useVirusScan)
  if (typeof scanning === 'object') return scanning
  const limit = sizeLimit(transfers, resource, scanning)
  const tooMuch = await checkLength(transfers, limit, input.contentLength)
  if (tooMuch !== undefined) return tooMuch
  if (grant.signal.aborted) return stopProblem(grant.signal)
  const attempt = await beginAttempt(transfers, grant, transfer.id)
  if (attempt === undefined) return problem('BRO-00004')
  return run(transfers, grant, attempt, { ...input, limit, scanning })
}

interface Plan extends UploadInput {
  readonly limit: number
  readonly scanning: Scanning
}

async function checkLength(
  transfers: Transfers,
  limit: number,
  length: number | undefined,
): Promise<HandlerProblem | undefined> {
  if (length === undefined) return undefined
  if (length > limit) return problem('BRO-00016')
  const free = await transfers.store.free()
  return free !== undefined && free < length + reserve && length > 0 ? problem('PVK-00019') : undefined
}

async function run(
  transfers: Transfers,
  grant: Grant,
  attempt: Attempt,
  plan: Plan,
): Promise<Uploaded | HandlerProblem> {
  const interruption = new Interruption()
  const stop = (): void => interruption.stop({ kind: 'stopped', problem: stopProblem(grant.signal) })
  const rest = keepAlive(transfers, attempt, () => interruption.stop({ kind: 'lost' }))
  grant.signal.addEventListener('abort', stop, { once: true })
  // It may have aborted while the attempt was written; that event is past.
  if (grant.signal.aborted) stop()
  try {
    const outcome = await store(transfers, attempt, plan, interruption)
    if (outcome.kind !== 'received') return await giveUp(transfers, attempt, outcome)
    if (grant.signal.aborted)
      return await giveUp(transfers, attempt, { kind: 'stopped', problem: stopProblem(grant.signal) })
    return await settle(transfers, attempt, plan, outcome)
  } finally {
    grant.signal.removeEventListener('abort', stop)
    rest()
  }
}

type Failed = { readonly kind: 'failed'; readonly detail: string }

/** `received` means: whole, durable, under its final name. Every other outcome leaves the blob to be removed. */
async function store(
  transfers: Transfers,
  attempt: Attempt,
  plan: Plan,
  interruption: Interruption,
): Promise<Received | Failed> {
  let draft: Draft | undefined
  try {
    draft = await transfers.store.begin(attempt.id)
    const received = await receive({ ...plan, draft, interruption, patience: patienceOf(transfers) })
    if (received.kind !== 'received') {
      await draft.close()
      return received
    }
    if ((await draft.commit()) === 'written') return received
    await draft.close()
    return { kind: 'full' }
  } catch (error) {
    await draft?.close().catch(() => undefined)
    return { kind: 'failed', detail: error instanceof Error ? error.message : String(error) }
  }
}

type Settled = 'Published' | 'UploadProcessing' | 'lost' | 'mismatch'

async function settle(
  transfers: Transfers,
  attempt: Attempt,
  plan: Plan,
  file: { readonly size: number; readonly checksum: string },
): Promise<Uploaded | HandlerProblem> {
  const at = transfers.clock()
  const settled = await transact(transfers.sql, async (transaction): Promise<Settled> => {
    const transfer = await lockTransfer(transaction, attempt.transfer)
    if (transfer?.status !== 'UploadStarted' || !(await isRunning(transaction, attempt))) {
      await discardAttempt(transaction, attempt, 'not running any more')
      return 'lost'
    }
    if (transfer.declaredChecksum !== null && transfer.declaredChecksum !== file.checksum) {
      await discardAttempt(transaction, attempt, 'checksum mismatch')
      if (!(await hasRivals(transaction, attempt, at))) {
        await move(transaction, transfer, { to: 'Failed', at, text: 'Checksum mismatch' })
      }
      return 'mismatch'
    }
    await winAttempt(transaction, attempt, file)
    const to = plan.scanning === 'scan' ? 'UploadProcessing' : 'Published'
    await move(transaction, transfer, { to, at })
    return to
  })
  if (settled === 'Published' || settled === 'UploadProcessing') {
    if (settled === 'UploadProcessing') transfers.onScanWaiting?.()
    return { kind: 'uploaded', id: attempt.transfer, size: file.size, checksum: file.checksum, status: settled }
  }
  await removeBlob(transfers.sql, transfers.store, attempt.id)
  return settled === 'mismatch' ? problem('BRO-00009') : lostProblem(transfers, attempt)
}

async function giveUp(
  transfers: Transfers,
  attempt: Attempt,
  found: Exclude<Received, { kind: 'received' }> | Failed,
): Promise<HandlerProblem> {
  const outcome = found.kind === 'failed' ? await fail(transfers, attempt, found) : found
  if (outcome.kind !== 'failed') await discardAttempt(transfers.sql, attempt, reasonOf(outcome))
  await removeBlob(transfers.sql, transfers.store, attempt.id)
  switch (outcome.kind) {
    case 'lost':
      return lostProblem(transfers, attempt)
    case 'broken':
      return problem('PVK-00018', { detail: `The upload was not complete: ${outcome.detail}. Send the file again.` })
    case 'stalled':
      return problem('PVK-00018')
    case 'too-large':
      return problem('BRO-00016')
    case 'full':
      return problem('PVK-00019')
    case 'stopped':
      return outcome.problem
    case 'failed':
      return problem('BRO-00008')
  }
}

/** A draft that failed because the attempt had been taken for dead, and its blob deleted, is no failure of storage. */
async function fail(
  transfers: Transfers,
  attempt: Attempt,
  outcome: Failed,
): Promise<Failed | { readonly kind: 'lost' }> {
  const at = transfers.clock()
  return transact(transfers.sql, async (transaction) => {
    const transfer = await lockTransfer(transaction, attempt.transfer)
    if (!(await isRunning(transaction, attempt))) return { kind: 'lost' }
    await discardAttempt(transaction, attempt, outcome.detail)
    if (transfer?.status === 'UploadStarted' && !(await hasRivals(transaction, attempt, at))) {
      await move(transaction, transfer, { to: 'Failed', at, text: 'Error occurred while uploading fileTransfer' })
    }
    return outcome
  })
}

/** Lost to another attempt: 409. Taken for dead while nobody else has brought the file: try again. */
async function lostProblem(transfers: Transfers, attempt: Attempt): Promise<HandlerProblem> {
  const [row] = await transfers.sql<{ status: string }[]>`select status from transfer where id = ${attempt.transfer}`
  return problem(row?.status === 'UploadStarted' ? 'PVK-00012' : 'BRO-00004')
}

const reasonOf = (outcome: Exclude<Received, { kind: 'received' }>): string =>
  outcome.kind === 'broken' ? outcome.detail : outcome.kind === 'stopped' ? outcome.problem.code : outcome.kind

const stopProblem = (signal: AbortSignal): HandlerProblem =>
  isProblem(signal.reason) ? signal.reason : problem('PVK-00012')
