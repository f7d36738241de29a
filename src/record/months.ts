/** The partitions of the record: one per month, made before they are needed. */
import type { Sql } from '../database/sql.ts'

export interface Months {
  /** Returns when the months of all these times have their partitions; the month after is made in the background. */
  ready(times: readonly Date[]): Promise<void>
  /** What was known is no longer so: an operator has detached a month. */
  forget(): void
}

export function createMonths(sql: Sql): Months {
  const known = new Set<number>()
  let ahead: Promise<void> | undefined

  const ensure = async (month: number): Promise<void> => {
    if (known.has(month)) return
    await sql`select record_ensure_month(${startOf(month)})`
    known.add(month)
  }
  const lookAhead = (month: number): void => {
    if (known.has(month) || ahead !== undefined) return
    const finish = (): void => {
      ahead = undefined
    }
    // a failure is met again when the month comes, and then it counts
    ahead = ensure(month).then(finish, finish)
  }
  return {
    ready: async (times) => {
      for (const month of new Set(times.map(monthOf))) {
        await ensure(month)
        lookAhead(month + 1)
      }
    },
    forget: () => known.clear(),
  }
}

/** Months since year 0, in UTC. */
function monthOf(time: Date): number {
  return time.getUTCFullYear() * 12 + time.getUTCMonth()
}

function startOf(month: number): Date {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, 1))
}
