/** Measures short things in blocks: a single call is shorter than the clock is fine. */
export interface Measured {
  /** Nanoseconds per call, over the means of the blocks. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  /** Calls per second over the whole run. */
  readonly throughput: number
  readonly calls: number
}

const warmUpShare = 0.4

/** Calls `call(i)` in blocks for about `milliseconds`, after warming up for a part of that. */
export function measure(call: (i: number) => unknown, milliseconds = 1_000, block = 50): Measured {
  let sink: unknown
  let i = 0
  const until = performance.now() + milliseconds * warmUpShare
  while (performance.now() < until) sink = call(i++)
  const times: number[] = []
  const start = performance.now()
  const end = start + milliseconds
  let now = start
  while (now < end) {
    for (let n = 0; n < block; n++) sink = call(i++)
    const then = now
    now = performance.now()
    times.push(((now - then) * 1e6) / block)
  }
  if (sink === i) throw new Error('unreachable, and keeps the calls alive')
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!
  const calls = times.length * block
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), throughput: (calls * 1e3) / (now - start), calls }
}

/** Bytes of heap that `make` leaves behind, garbage collected; needs --expose-gc, undefined without. */
export function heapOf<T>(make: () => T): { readonly value: T; readonly bytes: number | undefined } {
  const { gc } = globalThis
  gc?.()
  gc?.()
  const before = process.memoryUsage().heapUsed
  const value = make()
  gc?.()
  gc?.()
  return { value, bytes: gc === undefined ? undefined : process.memoryUsage().heapUsed - before }
}

/** Milliseconds of processor time of this process, garbage collection included: steadier than the clock on a shared machine. */
export function cpuTime<T>(make: () => T): { readonly result: T; readonly ms: number } {
  const before = process.cpuUsage()
  const result = make()
  const { user, system } = process.cpuUsage(before)
  return { result, ms: (user + system) / 1e3 }
}
