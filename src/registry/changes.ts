/** Reading the change feed: what happened after an epoch, when something happens, and when an entity last changed. */
import type { Queryable, Sql } from '../database/sql.ts'
import { changeChannel } from './change.ts'

export interface FeedEntry {
  readonly epoch: number
  readonly at: Date
  readonly kind: string
  readonly entities: readonly string[]
  readonly author: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** Changes after `epoch` in their order, `limit` at most. As epochs have no gaps, so has this. */
export async function changesAfter(sql: Queryable, epoch: number, limit = 1_000): Promise<readonly FeedEntry[]> {
  return sql<FeedEntry[]>`
    select epoch, at, kind, entities, author, detail from registry_change
    where epoch > ${epoch} order by epoch limit ${Math.min(Math.max(1, limit), 10_000)}`
}

/** The last change, 0 before the first. */
export async function currentEpoch(sql: Queryable): Promise<number> {
  const [row] = await sql<{ epoch: number }[]>`select coalesce(max(epoch), 0) as epoch from registry_change`
  return row?.epoch ?? 0
}

/** The epoch of the last change that touched each entity; an entity that none has touched is left out. One index look-up each. */
export async function versionsOf(sql: Queryable, entities: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (entities.length === 0) return new Map()
  const rows = await sql<{ entity: string; epoch: number }[]>`
    select entity, epoch from registry_entity where entity = any(${[...entities]}::text[])`
  return new Map(rows.map((row) => [row.entity, row.epoch]))
}

export interface Listening {
  stop(): Promise<void>
}

/**
 * Calls `onChange` with the epoch of every change once it is committed. A notification may be lost with its connection:
 * after every new connection, the first included, `onConnected` is called, and the caller reads the feed from where it was.
 */
export async function listenForChanges(
  sql: Sql,
  onChange: (epoch: number) => void,
  onConnected: () => void = () => {},
): Promise<Listening> {
  const listening = await sql.listen(changeChannel, (payload) => onChange(Number(payload)), onConnected)
  return { stop: () => listening.unlisten() }
}
