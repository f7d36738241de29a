/**
 * What time does to transfers, and tidying up after those that died. Run it at start and every minute or so, on any number
 * of nodes: each transfer is its own transaction, and everything is looked at again under its lock.
 */
import { transact } from '../../database/transact.ts'
import { removeBlob } from './attempt.ts'
import { type LockedTransfer, lockTransfer, type Move, move } from './move.ts'
import type { Transfers } from './transfers.ts'

export interface SweepReport {
  readonly purged: number
  /** Stuck in UploadStarted, now Failed. */
  readonly stuck: number
  /** Uploads whose process had died. */
  readonly abandoned: number
  readonly blobsDeleted: number
  /** Could not be deleted now; tried again by the next sweep. */
  readonly blobsLeft: number
}

/** Rows of each kind that one sweep takes on. */
const batch = 500
const stuckAfter = 24 * 3_600_000

/** Never stops half-way over one transfer: what fails is passed to `onError` and the rest goes on. */
export async function sweep(
  transfers: Transfers,
  now: Date,
  onError: (error: unknown, transfer: string) => void = () => {},
): Promise<SweepReport> {
  const abandoned = await discardDead(transfers, now)
  const stuck = await moveEach(transfers, await findStuck(transfers, now), (t) => failStuck(t, now), onError)
  const purged = await moveEach(transfers, await findDue(transfers, now), (t) => purge(t, now), onError)
  return { purged, stuck, abandoned, ...(await deleteDiscarded(transfers)) }
}

/**
 * Deletes files that no attempt accounts for: only a store that was restored from an older copy than its database, or a
 * deletion that came back after a power cut, has any. Files of a store shared by two databases would be lost; do not share.
 */
export async function sweepOrphans(transfers: Transfers): Promise<number> {
  let deleted = 0
  let names: string[] = []
  const drop = async (): Promise<void> => {
    const known = await transfers.sql<{ id: string }[]>`
      select id from upload_attempt where id = any(${names}::uuid[]) and state <> 'gone'`
    const accounted = new Set(known.map(({ id }) => id))
    for (const name of names.filter((candidate) => !accounted.has(candidate))) {
      await transfers.store.delete(name)
      deleted++
    }
    names = []
  }
  for await (const { blob } of transfers.store.list()) {
    names.push(blob)
    if (names.length === batch) await drop()
  }
  await drop()
  return deleted
}

/** An attempt that nobody renews: if its process lives after all, it finds out before it can change anything. */
async function discardDead(transfers: Transfers, now: Date): Promise<number> {
  const rows = await transfers.sql`
    update upload_attempt set state = 'discarded', reason = 'its process died'
     where state = 'running' and alive_until < ${now} returning id`
  return rows.length
}

async function findStuck(transfers: Transfers, now: Date): Promise<readonly string[]> {
  const rows = await transfers.sql<{ id: string }[]>`
    select id from transfer t where status = 'UploadStarted' and status_changed < ${new Date(now.getTime() - stuckAfter)}
      and not exists (select from upload_attempt a where a.transfer = t.id and a.state = 'running')
     order by status_changed limit ${batch}`
  return rows.map(({ id }) => id)
}

async function findDue(transfers: Transfers, now: Date): Promise<readonly string[]> {
  const rows = await transfers.sql<{ id: string }[]>`
    select id from transfer where status <> 'Purged' and purge_at <= ${now} order by purge_at limit ${batch}`
  return rows.map(({ id }) => id)
}

/** An upload that began since the transfer was found has changed its time. */
const failStuck = (transfer: LockedTransfer, now: Date): Move | undefined =>
  transfer.status === 'UploadStarted' && now.getTime() - transfer.statusChanged.getTime() > stuckAfter
    ? { to: 'Failed', at: now, text: 'The transfer was stuck in UploadStarted for more than 24 hours' }
    : undefined

const purge = (transfer: LockedTransfer, now: Date): Move | undefined =>
  transfer.purgeAt <= now ? { to: 'Purged', at: now } : undefined

async function moveEach(
  transfers: Transfers,
  ids: readonly string[],
  choose: (transfer: LockedTransfer) => Move | undefined,
  onError: (error: unknown, transfer: string) => void,
): Promise<number> {
  let moved = 0
  for (const id of ids) {
    try {
      const isMoved = await transact(transfers.sql, async (transaction) => {
        const transfer = await lockTransfer(transaction, id)
        const change = transfer && choose(transfer)
        return transfer !== undefined && change !== undefined && (await move(transaction, transfer, change))
      })
      if (isMoved) moved++
    } catch (error) {
      onError(error, id)
    }
  }
  return moved
}

/** After the status is committed, never before: a purge that is rolled back must find its file. */
async function deleteDiscarded(transfers: Transfers): Promise<Pick<SweepReport, 'blobsDeleted' | 'blobsLeft'>> {
  const rows = await transfers.sql<{ id: string }[]>`
    select id from upload_attempt where state = 'discarded' order by id limit ${batch}`
  let blobsDeleted = 0
  for (const { id } of rows) {
    if (await removeBlob(transfers.sql, transfers.store, id)) blobsDeleted++
  }
  return { blobsDeleted, blobsLeft: rows.length - blobsDeleted }
}
