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

/** Rows that are read at once. */
const batch = 500
const stuckAfter = 24 * 3_600_000
const lowestId = '00000000-0000-0000-0000-000000000000'

/** Never stops half-way over one transfer: what fails is passed to `onError` and the rest goes on. */
export async function sweep(
  transfers: Transfers,
  now: Date,
  onError: (error: unknown, transfer: string) => void = () => {},
): Promise<SweepReport> {
  const abandoned = await discardDead(transfers, now)
  const stuck = await moveEach(transfers, stuckTransfers(transfers, now), (t) => failStuck(t, now), onError)
  const purged = await moveEach(transfers, dueTransfers(transfers, now), (t) => purge(t, now), onError)
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

type Ids = readonly { readonly id: string }[]

/** In the order of ids, batch by batch: one that fails every time keeps none behind it waiting. */
async function* inBatches(read: (after: string) => Promise<Ids>): AsyncIterable<string> {
  for (let after: string | undefined = lowestId; after !== undefined; ) {
    const rows: Ids = await read(after)
    for (const { id } of rows) yield id
    after = rows.length < batch ? undefined : rows.at(-1)?.id
  }
}

const stuckTransfers = ({ sql }: Transfers, now: Date): AsyncIterable<string> =>
  inBatches(
    (after) => sql<{ id: string }[]>`
      select id from transfer t
       where status = 'UploadStarted' and status_changed < ${new Date(now.getTime() - stuckAfter)} and id > ${after}
         and not exists (select from upload_attempt a where a.transfer = t.id and a.state = 'running')
       order by id limit ${batch}`,
  )

const dueTransfers = ({ sql }: Transfers, now: Date): AsyncIterable<string> =>
  inBatches(
    (after) => sql<{ id: string }[]>`
      select id from transfer where status <> 'Purged' and purge_at <= ${now} and id > ${after}
       order by id limit ${batch}`,
  )

const discardedAttempts = ({ sql }: Transfers): AsyncIterable<string> =>
  inBatches(
    (after) => sql<{ id: string }[]>`
      select id from upload_attempt where state = 'discarded' and id > ${after} order by id limit ${batch}`,
  )

/** An upload that began since the transfer was found has changed its time. */
const failStuck = (transfer: LockedTransfer, now: Date): Move | undefined =>
  transfer.status === 'UploadStarted' && now.getTime() - transfer.statusChanged.getTime() > stuckAfter
    ? { to: 'Failed', at: now, text: 'The transfer was stuck in UploadStarted for more than 24 hours' }
    : undefined

const purge = (transfer: LockedTransfer, now: Date): Move | undefined =>
  transfer.purgeAt <= now ? { to: 'Purged', at: now } : undefined

async function moveEach(
  transfers: Transfers,
  ids: AsyncIterable<string>,
  choose: (transfer: LockedTransfer) => Move | undefined,
  onError: (error: unknown, transfer: string) => void,
): Promise<number> {
  let moved = 0
  for await (const id of ids) {
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
  let blobsDeleted = 0
  let blobsLeft = 0
  for await (const id of discardedAttempts(transfers)) {
    if (await removeBlob(transfers.sql, transfers.store, id)) blobsDeleted++
    else blobsLeft++
  }
  return { blobsDeleted, blobsLeft }
}
