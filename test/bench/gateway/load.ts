/** Two ways to ask: as fast as so many connections are answered, or at a steady rate whatever the server does. */
import { type Connection, openConnection } from './connection.ts'

export interface Load {
  readonly port: number
  /** Taken in turn. */
  readonly requests: readonly Buffer[]
  readonly connections: number
  readonly seconds: number
  /** Statuses that are right; anything else ends the run with an error. */
  readonly expected: readonly number[]
}

export interface Loaded {
  readonly answered: number
  /** Seconds that it took. */
  readonly elapsed: number
  /** Answers per second. */
  readonly rate: number
  /** Milliseconds, ascending. */
  readonly latencies: Float64Array
}

/** Each connection sends its next request when it has the answer to the last. */
export async function closedLoop(load: Load): Promise<Loaded> {
  const latencies: number[] = []
  let next = 0
  const started = performance.now()
  const end = started + load.seconds * 1000
  await onConnections(load, async (connection) => {
    while (performance.now() < end) {
      const sent = performance.now()
      await ask(load, connection, next++)
      latencies.push(performance.now() - sent)
    }
  })
  return summary(latencies, started)
}

/**
 * Requests arrive at `rate` per second, answered or not: what waits for a free connection has been waiting since it arrived.
 * They arrive with the ticks of this process, a millisecond apart.
 */
export async function openLoop(load: Load, rate: number): Promise<Loaded> {
  const latencies: number[] = []
  const arrived: number[] = []
  const idle: (() => void)[] = []
  let next = 0
  let isOver = false
  const started = performance.now()
  const arrivals = (async () => {
    for (let sent = 0; sent < rate * load.seconds; ) {
      const now = performance.now()
      const due = Math.min(rate * load.seconds, Math.floor(((now - started) * rate) / 1000))
      for (; sent < due; sent++) {
        arrived.push(now)
        idle.shift()?.()
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    isOver = true
    for (const wake of idle.splice(0)) wake()
  })()
  await onConnections(load, async (connection) => {
    for (;;) {
      const since = arrived.shift()
      if (since !== undefined) {
        await ask(load, connection, next++)
        latencies.push(performance.now() - since)
      } else if (isOver) return
      else await new Promise<void>((resolve) => idle.push(resolve))
    }
  })
  await arrivals
  return summary(latencies, started)
}

async function onConnections(load: Load, work: (connection: Connection) => Promise<void>): Promise<void> {
  const connections = await Promise.all(Array.from({ length: load.connections }, () => openConnection(load.port)))
  try {
    await Promise.all(connections.map(work))
  } finally {
    for (const connection of connections) connection.close()
  }
}

async function ask({ requests, expected }: Load, connection: Connection, index: number): Promise<void> {
  const { status, body } = await connection.send(requests[index % requests.length]!)
  if (!expected.includes(status)) throw new Error(`answered ${status}, not ${expected.join(' or ')}: ${body}`)
}

function summary(latencies: readonly number[], started: number): Loaded {
  const elapsed = (performance.now() - started) / 1000
  return {
    answered: latencies.length,
    elapsed,
    rate: latencies.length / elapsed,
    latencies: Float64Array.from(latencies).sort(),
  }
}

/** Milliseconds. */
export const percentile = ({ latencies }: Loaded, share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
