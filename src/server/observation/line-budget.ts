/** How many lines of one kind may be logged in a second, so that a flood of bad requests does not become a flood of log. */
export interface LineBudget {
  /** How many lines were left out since the last one of this kind, or undefined when this one must be left out too. */
  spend(kind: string, now: number): number | undefined
}

interface Second {
  start: number
  lines: number
  leftOut: number
}

/** Kinds come from fixed lists; more than this would be a bug, and then all are counted together. */
const maxKinds = 1000

/** @param lines per kind and second; `now` is in milliseconds */
export const createLineBudget = (lines: number): LineBudget => {
  const seconds = new Map<string, Second>()
  return {
    spend: (kind, now) => {
      const key = seconds.has(kind) || seconds.size < maxKinds ? kind : ''
      const second = seconds.get(key) ?? { start: now, lines: 0, leftOut: 0 }
      seconds.set(key, second)
      if (now - second.start >= 1000) {
        second.start = now
        second.lines = 0
      }
      if (second.lines >= lines) {
        second.leftOut++
        return undefined
      }
      second.lines++
      const { leftOut } = second
      second.leftOut = 0
      return leftOut
    },
  }
}
