/** One decision with everything that is kept of it, and whether the record holds. */
import { type DecisionFilter, getDecision } from '../../record/query.ts'
import { storedDecisionJson } from '../../record/row.ts'
import { verifyRecords } from '../../record/verify.ts'
import { InputError } from '../command.ts'
import type { Asking } from './asking.ts'

/** Throws `InputError` when there is none. */
export async function showDecision({ sql, print, signal }: Asking, id: string): Promise<number> {
  const stored = await getDecision(sql, id.toLowerCase(), signal)
  if (stored === undefined) throw new InputError(`there is no decision \`${id}\``)
  await print(`${JSON.stringify(storedDecisionJson(stored), null, 2)}\n`)
  return 0
}

/** Throws `InputError` when something has been altered. */
export async function verify({ sql, print, signal }: Asking, { from, until }: DecisionFilter): Promise<number> {
  const range = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }
  const result = await verifyRecords(sql, range, signal)
  if (result.kind === 'broken')
    throw new InputError(
      `${result.what} ${result.id} of ${result.time.toISOString()} is broken: ${result.reason} (${result.checked} before it hold)`,
    )
  const { decisions, outcomes, erased } = result
  await print(`${decisions} decisions and ${outcomes} outcomes hold; of ${erased} personal values have been erased\n`)
  return 0
}
