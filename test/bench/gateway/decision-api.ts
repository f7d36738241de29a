/** The decision API with its record, beside the same server that neither decides nor records. */
import { createRandom } from '../engine/random.ts'
import type { BenchOptions } from './bench.ts'
import { encodeRequest } from './connection.ts'
import { closedLoop, type Loaded } from './load.ts'
import { type ServerOptions, startServer } from './processes.ts'
import { against, median, sayLoaded, title, using } from './report.ts'
import { authorize, organisations, resource, setStage } from './stage.ts'

const connections = 100

/** The request of median size: about 850 bytes. */
const medianRequest = (organisation: string, action: string, instance: string) => ({
  Request: {
    AccessSubject: [
      {
        Attribute: [
          { AttributeId: 'urn:altinn:organization:identifier-no', Value: organisation },
          { AttributeId: 'urn:scope', Value: 'altinn:broker.read altinn:broker.write' },
          { AttributeId: 'urn:altinn:sessionid', Value: '2f1f1f4e-6d4b-4dbe-9f2f-6a0e2d1c7b11' },
        ],
      },
    ],
    Action: [
      {
        Attribute: [
          {
            AttributeId: 'urn:oasis:names:tc:xacml:1.0:action:action-id',
            Value: action,
            DataType: 'http://www.w3.org/2001/XMLSchema#string',
          },
        ],
      },
    ],
    Resource: [
      {
        Attribute: [
          { AttributeId: 'urn:altinn:resource', Value: resource },
          { AttributeId: 'urn:altinn:organization:identifier-no', Value: organisation },
          { AttributeId: 'urn:altinn:resource:instance-id', Value: instance },
        ],
      },
    ],
  },
})

export function requests(token: string, seed: number): readonly Buffer[] {
  const random = createRandom(seed)
  const parties = [organisations.sender, organisations.recipient, '313301753', '312195771']
  return Array.from({ length: 2_000 }, () => {
    const instance = `00000000-0000-4000-8000-${String(random.integer(1e12)).padStart(12, '0')}`
    const json = medianRequest(random.pick(parties), random.pick(['read', 'write']), instance)
    return encodeRequest({ method: 'POST', path: authorize, token, json })
  })
}

interface Row extends ServerOptions {
  readonly name: string
}

const rows: readonly Row[] = [
  { name: 'constant answer, body read', program: 'bare', environment: { BENCH_CONSTANT: '1' } },
  { name: 'parsed and printed, not decided', program: 'bare' },
  { name: 'decided from the cache, recorded', program: 'product' },
  {
    name: 'decided anew, recorded',
    program: 'product',
    environment: { PORTVAKT_DECISION_CACHE_SIZE: '0' },
  },
  ...(process.env.REDIS_URL === undefined ? [] : [fromRedis(process.env.REDIS_URL)]),
]

/** Without the first level every decision comes from the second. */
function fromRedis(url: string): Row {
  return {
    name: 'decided from Redis, recorded',
    program: 'product',
    environment: { PORTVAKT_DECISION_CACHE_SIZE: '0', PORTVAKT_REDIS_URL: url },
  }
}

export async function benchDecisionApi({ seed, seconds, repeats, profile }: BenchOptions): Promise<void> {
  title(`decision API, ${connections} connections, ${seconds} s each, ${repeats} times in turn`)
  const rates = new Map<string, number[]>()
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const row of rows) {
      const { rate } = await measureRow(row, seed, seconds, profile)
      rates.set(row.name, [...(rates.get(row.name) ?? []), rate])
    }
  }
  const [bare, , cached, anew] = rows.map(({ name }) => median(rates.get(name)!))
  const rate = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`
  against('at least 15,000 decisions/s from the cache, recorded', rate(cached!), cached! >= 15_000)
  against(
    'at least half the rate of the constant answer',
    `${Math.round((cached! / bare!) * 100)} %`,
    cached! >= bare! / 2,
  )
  against('the same, decided anew', `${rate(anew!)}, ${Math.round((anew! / bare!) * 100)} %`, anew! >= bare! / 2)
}

async function measureRow(row: Row, seed: number, seconds: number, profile: string | undefined): Promise<Loaded> {
  const server = await startServer({ ...row, profile: row.program === 'product' ? profile : undefined })
  try {
    const { tokens } = await setStage(server.url)
    const load = { port: server.port, requests: requests(tokens.owner, seed), connections, expected: [200] }
    await closedLoop({ ...load, seconds: Math.min(3, seconds) })
    const { result, used } = await using(server, () => closedLoop({ ...load, seconds }))
    sayLoaded(row.name, result, used)
    const alone = { ...load, connections: 1, seconds: Math.min(2, seconds) }
    const unhurried = await using(server, () => closedLoop(alone))
    sayLoaded('  one at a time', unhurried.result, unhurried.used)
    return result
  } finally {
    await server.stop()
  }
}
