/** How figures are printed: one line each, beside what they are compared with. */
import { cpus, release } from 'node:os'
import { type Loaded, percentile } from './load.ts'
import type { RunningServer, Usage } from './processes.ts'

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

export function sayMachine(seed: number): void {
  say(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Linux ${release()}, node ${process.version}`)
  say('embedded PostgreSQL, fsync on; client, server and database share the machine; no tracing (no OTEL_* variables)')
  say(`seed ${seed}`)
}

export const title = (text: string): void => say(`\n${text}`)

const milliseconds = (value: number): string => `${value.toFixed(2).padStart(7)} ms`

export function sayLoaded(name: string, loaded: Loaded, used: Usage): void {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => milliseconds(percentile(loaded, share)))
  const each = (seconds: number): string => `${((seconds * 1e6) / loaded.answered).toFixed(0).padStart(4)} µs`
  const rate = Math.round(loaded.rate).toLocaleString('en').padStart(7)
  say(
    `  ${name.padEnd(34)} ${rate}/s  p50 ${p50}  p90 ${p90}  p99 ${p99}  processor per request: Node ${each(used.node)}, PostgreSQL ${each(used.database)}`,
  )
}

/** What a server used while something was done. */
export async function using<T>(server: RunningServer, work: () => Promise<T>): Promise<{ result: T; used: Usage }> {
  const before = await server.usage()
  const result = await work()
  const after = await server.usage()
  return { result, used: { node: after.node - before.node, database: after.database - before.database } }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

/** `ok` or `below` the bar; on a busy machine it says little. */
export const against = (name: string, value: string, passes: boolean): void =>
  say(`  ${passes ? 'ok   ' : 'BELOW'} ${name}: ${value}`)
