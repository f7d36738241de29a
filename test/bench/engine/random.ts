/** A seeded generator of pseudo-random numbers (mulberry32), so that a run can be repeated. */
export interface Random {
  /** In [0, 1). */
  readonly next: () => number
  /** In [0, below). */
  readonly integer: (below: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  /** By weight. */
  readonly weighted: <T>(items: readonly (readonly [T, number])[]) => T
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const integer = (below: number) => Math.floor(next() * below)
  const weighted = <T>(items: readonly (readonly [T, number])[]): T => {
    let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [item, weight] of items) {
      left -= weight
      if (left < 0) return item
    }
    return items[items.length - 1]![0]
  }
  return { next, integer, pick: (items) => items[integer(items.length)]!, weighted }
}
