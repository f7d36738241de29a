import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { Sql, Transaction } from './sql.ts'

export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

export interface TransactOptions {
  /** PostgreSQL's default when left out: read committed. */
  readonly isolation?: Isolation
  /** 0 ≤ random() < 1; spreads competitors that met once, so that they do not meet again. */
  readonly random?: () => number
  /** Waits this many milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<unknown>
}

const attempts = 6
/** Serialization failure and deadlock (PostgreSQL, Appendix A): the transaction left nothing behind and may be run again. */
const passing = new Set(['40001', '40P01'])

/**
 * Runs `work` in one transaction and commits it. A serialization failure or a deadlock is tried again, six times in all,
 * after 100 ms · 2^n (5 s at most), shortened at random down to half. Everything else is thrown as it came.
 *
 * `work` may therefore run several times: it must not do anything outside the transaction. A connection that is lost is
 * *not* tried again, because the commit may have happened.
 */
export async function transact<T>(
  sql: Sql,
  work: (transaction: Transaction) => Promise<T>,
  options: TransactOptions = {},
): Promise<T> {
  const { random = Math.random, wait = sleep } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await begin(sql, work, options.isolation)
    } catch (error) {
      if (attempt === attempts || !mayPass(error)) throw error
      await wait(retryDelay(attempt, random()))
    }
  }
}

/** Milliseconds before attempt `attempt` + 1. */
export function retryDelay(attempt: number, random: number): number {
  const longest = Math.min(5000, 100 * 2 ** (attempt - 1))
  return longest * (0.5 + random / 2)
}

async function begin<T>(sql: Sql, work: (transaction: Transaction) => Promise<T>, isolation?: Isolation): Promise<T> {
  let result: { readonly value: T } | undefined
  const run = async (transaction: Transaction): Promise<void> => {
    result = { value: await work(transaction) }
  }
  if (isolation === undefined) await sql.begin(run)
  else await sql.begin(`isolation level ${isolation}`, run)
  if (result === undefined) throw new Error('a transaction committed without running its work')
  return result.value
}

function mayPass(error: unknown): boolean {
  return error instanceof postgres.PostgresError && passing.has(error.code)
}
