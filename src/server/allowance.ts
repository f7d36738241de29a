/**
 * Requests without a token: everything that is asked goes on record, so what anybody may ask is bounded by a rate. A bucket
 * holds one second's worth.
 */
export interface Allowance {
  /** False when there is nothing left just now. */
  take(): boolean
}

export function createAllowance(perSecond: number, clock: () => number): Allowance {
  let left = perSecond
  let at = clock()
  return {
    take() {
      const now = clock()
      left = Math.min(perSecond, left + ((now - at) / 1000) * perSecond)
      at = now
      if (left < 1) return false
      left--
      return true
    },
  }
}
