/** Runs cases and counts: what the command and the test suite share. */
import { expectedFailures } from './expected-failures.ts'
import type { ConformanceCase } from './manifest.ts'
import { type Mismatch, runCase } from './run-case.ts'

export interface Verdict {
  readonly one: ConformanceCase
  readonly kind: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was not scored. */
  readonly reason?: string
  readonly mismatches: readonly Mismatch[]
}

/** Disputed cases are run for what they tell, but not scored. */
export function judge(folder: string, one: ConformanceCase): Verdict {
  const mismatches = runCase(folder, one)
  if (one.disputed !== undefined) return { one, kind: 'skipped', reason: `disputed: ${one.disputed}`, mismatches }
  const known = expectedFailures[one.id]
  if (known === undefined) return { one, kind: mismatches.length === 0 ? 'passed' : 'failed', mismatches }
  if (mismatches.length > 0) return { one, kind: 'skipped', reason: `known to fail: ${known}`, mismatches }
  return { one, kind: 'failed', reason: 'listed as known to fail, but it passes: remove it from the list', mismatches }
}
