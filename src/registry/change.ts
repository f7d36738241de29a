/**
 * The one way to write to the registries. In the transaction of the write itself it takes the next epoch, appends the
 * change to the feed and marks the entities it touches. Writers take turns, so epochs have no gaps and become visible in
 * their order: a reader that has seen epoch n has seen everything up to n.
 */

import postgres from 'postgres'
import { lockKeys } from '../database/lock-keys.ts'
import type { Sql, Transaction } from '../database/sql.ts'
import { transact } from '../database/transact.ts'
import type { Precondition } from './precondition.ts'
import { invalid, type Refusal, type Result } from './result.ts'

/** The channel that is notified of every change, with its epoch as payload. */
export const changeChannel = 'portvakt_change'

/** What a change says about itself in the feed. */
export interface Change {
  /** What happened: `resource-updated`, `members-added` … */
  readonly kind: string
  /** Everything whose answers may differ from now on: `resource:ID`, `party:ORG` … at least one. */
  readonly entities: readonly string[]
  /** For people who read the feed: no secrets, bounded size. */
  readonly detail?: Readonly<Record<string, postgres.JSONValue>>
}

export interface WriteOptions {
  readonly precondition?: Precondition | undefined
  /** Who caused it, for the feed: the id of the decision that permitted it, or an organisation. */
  readonly author?: string | undefined
}

/** What the work of a write comes to: a change, nothing to change, or a refusal. */
export type Work<T> =
  | { readonly kind: 'change'; readonly value: T; readonly change: Change }
  | { readonly kind: 'unchanged'; readonly value: T }
  | Refusal

const writerLock = lockKeys.registry
/** A full access list and what it is connected to can change at once. */
const mostEntities = 200_000

/**
 * Runs `work` alone among all writers, of all nodes. It sees everything that was written before and no one writes between
 * its look and its write, so checking first and writing then is safe. A refusal rolls everything back.
 */
export async function writeChange<T>(
  sql: Sql,
  options: WriteOptions | undefined,
  work: (transaction: Transaction, epoch: number) => Promise<Work<T>>,
): Promise<Result<T>> {
  try {
    return await transact(sql, async (transaction) => {
      await transaction.unsafe("set local lock_timeout = '30s'")
      // A statement of its own: the next one looks at the database as it is once the lock has been given.
      await transaction.unsafe(`select pg_advisory_xact_lock(${writerLock})`)
      const last = await lastEpoch(transaction)
      const epoch = last + 1
      const done = await work(transaction, epoch)
      if (done.kind === 'unchanged') return { kind: 'done', value: done.value, changed: false, epoch: last }
      if (done.kind !== 'change') throw new RolledBack(done)
      await append(transaction, epoch, done.change, options?.author ?? '')
      return { kind: 'done', value: done.value, changed: true, epoch }
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.refusal
    if (isUnstorable(error)) return invalid('', 'a text holds a character that cannot be stored, such as U+0000')
    throw error
  }
}

/**
 * PostgreSQL cannot hold U+0000 in a text, nor half a surrogate pair in JSON (its Appendix A: 22021, 22P02, 22P05). Both
 * come from the client only, and both pass every check that looks at lengths and shapes.
 */
function isUnstorable(error: unknown): boolean {
  return error instanceof postgres.PostgresError && ['22021', '22P02', '22P05'].includes(error.code)
}

/** Carries a refusal out of a transaction, so that it is rolled back. */
class RolledBack extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.kind)
    this.refusal = refusal
  }
}

async function lastEpoch(transaction: Transaction): Promise<number> {
  const [row] = await transaction<{ epoch: number }[]>`select coalesce(max(epoch), 0) as epoch from registry_change`
  return row?.epoch ?? 0
}

async function append(transaction: Transaction, epoch: number, change: Change, author: string): Promise<void> {
  const entities = [...new Set(change.entities)].sort()
  if (entities.length === 0 || entities.length > mostEntities) {
    throw new RangeError(`a change touches 1 to ${mostEntities} entities, not ${entities.length}`)
  }
  await transaction`
    insert into registry_change (epoch, kind, entities, author, detail)
    values (${epoch}, ${change.kind}, ${entities}, ${author.slice(0, 200)}, ${transaction.json(change.detail ?? {})})`
  await transaction`
    insert into registry_entity (entity, epoch) select entity, ${epoch} from unnest(${entities}::text[]) as entity
    on conflict (entity) do update set epoch = excluded.epoch`
  await transaction`select pg_notify(${changeChannel}, ${String(epoch)})`
}
