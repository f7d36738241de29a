/**
 * One body sent to a transfer. Its row comes before its blob and outlives it, so every file in the store has a row that
 * says what it is for. Renewing the row is also how a loser learns that another attempt has won.
 */

import type { Queryable, Transaction } from '../../database/sql.ts'
import { transact } from '../../database/transact.ts'
import type { Grant } from '../../steps.ts'
import type { Store } from '../storage/store.ts'
import { byGrant, lockTransfer, move } from './move.ts'
import { defaultPatience, type Transfers, type UploadPatience } from './transfers.ts'

export interface Attempt {
  /** Also the name of its blob. */
  readonly id: string
  readonly transfer: string
}

export const patienceOf = (transfers: Transfers): UploadPatience => ({ ...defaultPatience, ...transfers.patience })

/** Moves the transfer to UploadStarted. Several may run at once; `undefined` when the transfer takes no file any more. */
export async function beginAttempt(
  transfers: Transfers,
  grant: Grant,
  transferId: string,
): Promise<Attempt | undefined> {
  const id = transfers.newId()
  const now = transfers.clock()
  return transact(transfers.sql, async (transaction) => {
    const transfer = await lockTransfer(transaction, transferId)
    if (transfer === undefined) return undefined
    if (!(await move(transaction, transfer, { to: 'UploadStarted', at: now, by: byGrant(grant) }))) return undefined
    const row = {
      id,
      transfer: transferId,
      state: 'running',
      started: now,
      alive_until: aliveUntil(transfers, now),
      decision: grant.decisionId,
      scan_after: now,
    }
    await transaction`insert into upload_attempt ${transaction(row)}`
    return { id, transfer: transferId }
  })
}

/** Renews the attempt until the returned function is called; `onLost` when it is not running any more. */
export function keepAlive(transfers: Transfers, attempt: Attempt, onLost: () => void): () => void {
  const renew = async (): Promise<void> => {
    const renewed = await transfers.sql`
      update upload_attempt set alive_until = ${aliveUntil(transfers, transfers.clock())}
       where id = ${attempt.id} and state = 'running' returning id`
    if (renewed.length === 0) onLost()
  }
  // A database that is away for a moment is no reason to stop: the attempt's row decides in the end.
  const timer = setInterval(() => void renew().catch(() => undefined), patienceOf(transfers).attemptLife / 6)
  timer.unref()
  return () => clearInterval(timer)
}

/** Asked inside the transaction that holds the transfer's lock. */
export async function isRunning(transaction: Transaction, attempt: Attempt): Promise<boolean> {
  const rows = await transaction`select from upload_attempt where id = ${attempt.id} and state = 'running'`
  return rows.length > 0
}

/** Whether another attempt may still bring the file. */
export async function hasRivals(transaction: Transaction, attempt: Attempt, now: Date): Promise<boolean> {
  const rows = await transaction`
    select from upload_attempt
     where transfer = ${attempt.transfer} and id <> ${attempt.id} and state = 'running' and alive_until > ${now} limit 1`
  return rows.length > 0
}

/** The attempt is the transfer's file, all others have lost. */
export async function winAttempt(
  transaction: Transaction,
  attempt: Attempt,
  file: { readonly size: number; readonly checksum: string },
): Promise<void> {
  await transaction`
    update upload_attempt set state = case when id = ${attempt.id} then 'won' else 'discarded' end
     where transfer = ${attempt.transfer} and state = 'running'`
  await transaction`
    update transfer set blob = ${attempt.id}, size = ${file.size}, computed_checksum = ${file.checksum}
     where id = ${attempt.transfer}`
}

/** `won` when it is too late: its file must stay. */
export async function discardAttempt(sql: Queryable, attempt: Attempt, reason: string): Promise<'won' | 'discarded'> {
  await sql`
    update upload_attempt set state = 'discarded', reason = ${reason.slice(0, 1000)}
     where id = ${attempt.id} and state = 'running'`
  const [row] = await sql<{ state: string }[]>`select state from upload_attempt where id = ${attempt.id}`
  return row?.state === 'won' ? 'won' : 'discarded'
}

/** Deletes the blob of a discarded attempt and remembers it. A failure is left to the next sweep. */
export async function removeBlob(sql: Queryable, store: Store, id: string): Promise<boolean> {
  try {
    await store.delete(id)
    await sql`update upload_attempt set state = 'gone' where id = ${id} and state = 'discarded'`
    return true
  } catch {
    return false
  }
}

const aliveUntil = (transfers: Transfers, now: Date): Date =>
  new Date(now.getTime() + patienceOf(transfers).attemptLife)
