/**
 * Takes a right away while it is being used: how many permits began after the change had been answered (there must be none),
 * and how long it took from the answer to the first refusal.
 */
import type { BenchOptions } from './bench.ts'
import { type Connection, encodeRequest, openConnection } from './connection.ts'
import { startServer } from './processes.ts'
import { against, median, say, title } from './report.ts'
import { call, initialise, makeResource, organisations, registry, type Stage, setStage, transfers } from './stage.ts'

const connections = 16
const guarded = 'bench-guarded'
const list = `${registry}/access-lists/bench/partners`

export async function benchRevocation({ repeats }: BenchOptions): Promise<void> {
  const rounds = Math.max(30, repeats * 10)
  title(
    `revocation, one node: ${connections} connections ask while a party is taken off an access list, ${rounds} times`,
  )
  const server = await startServer({ program: 'product' })
  try {
    const stage = await setStage(server.url)
    const request = await prepare(stage)
    const hammers = await Promise.all(Array.from({ length: connections }, () => openConnection(server.port)))
    const results: Round[] = []
    for (let round = 0; round < rounds; round++) results.push(await play(stage, hammers, request))
    for (const hammer of hammers) hammer.close()
    sayRounds(results)
  } finally {
    await server.stop()
  }
}

interface Round {
  readonly permits: number
  /** Permits that began after the change had been answered. */
  readonly stale: number
  /** Milliseconds that the change took. */
  readonly change: number
  /** Milliseconds from the answer of the change to the first refusal that was asked for after it. */
  readonly refusedAfter: number
}

/** A resource with access lists on, both parties on a list, and an overview that the recipient may see. */
async function prepare(stage: Stage): Promise<Buffer> {
  const { url, tokens } = stage
  const token = tokens.owner
  await makeResource(stage, guarded, 'Enabled')
  await call(url, { method: 'PUT', path: list, token, json: { name: 'Partners' } })
  const json = { actionFilters: ['read', 'write'] }
  await call(url, { method: 'PUT', path: `${list}/resource-connections/${guarded}`, token, json })
  await setMember(stage, 'POST', organisations.sender)
  await setMember(stage, 'POST', organisations.recipient)
  const id = await initialise(stage, guarded)
  return encodeRequest({ method: 'GET', path: `${transfers}/${id}`, token: tokens.recipient })
}

const setMember = ({ url, tokens }: Stage, method: 'POST' | 'DELETE', organisation: string): Promise<string> => {
  const json = { data: [`urn:altinn:organization:identifier-no:${organisation}`] }
  return call(url, { method, path: `${list}/members`, token: tokens.owner, json })
}

async function play(stage: Stage, hammers: readonly Connection[], request: Buffer): Promise<Round> {
  let answeredAt = Number.POSITIVE_INFINITY
  let refusedAt = Number.POSITIVE_INFINITY
  let isOver = false
  let permits = 0
  let stale = 0
  const hammering = hammers.map(async (hammer) => {
    while (!isOver) {
      const began = performance.now()
      const { status } = await hammer.send(request)
      if (status === 200) {
        permits++
        if (began > answeredAt) stale++
      } else if (began > answeredAt) refusedAt = Math.min(refusedAt, performance.now())
    }
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const asked = performance.now()
  await setMember(stage, 'DELETE', organisations.recipient)
  answeredAt = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 100))
  isOver = true
  await Promise.all(hammering)
  await setMember(stage, 'POST', organisations.recipient)
  return { permits, stale, change: answeredAt - asked, refusedAfter: refusedAt - answeredAt }
}

function sayRounds(rounds: readonly Round[]): void {
  const sum = (of: (round: Round) => number): number => rounds.reduce((total, round) => total + of(round), 0)
  const sorted = (of: (round: Round) => number): number[] => rounds.map(of).sort((a, b) => a - b)
  const worst = (values: readonly number[]): string => values[Math.floor(values.length * 0.99)]!.toFixed(1)
  const changes = sorted(({ change }) => change)
  const refusals = sorted(({ refusedAfter }) => refusedAfter)
  say(`  ${sum(({ permits }) => permits)} permits in all`)
  say(`  the change is answered in       p50 ${median(changes).toFixed(1)} ms, p99 ${worst(changes)} ms`)
  say(`  first refusal asked for after it p50 ${median(refusals).toFixed(1)} ms, p99 ${worst(refusals)} ms`)
  const stale = sum((round) => round.stale)
  against('permits that began after the answer', String(stale), stale === 0)
  const whole = sorted(({ change, refusedAfter }) => change + refusedAfter)
  against('p99 from the change to the first refusal at most 250 ms', `${worst(whole)} ms`, Number(worst(whole)) <= 250)
}
