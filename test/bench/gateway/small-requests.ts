/** Small requests of the gateway at a steady rate, record included, beside the same server with authorization off. */
import type { BenchOptions } from './bench.ts'
import { encodeRequest } from './connection.ts'
import { type Loaded, openLoop, percentile } from './load.ts'
import { type Program, startServer } from './processes.ts'
import { against, median, sayLoaded, title, using } from './report.ts'
import { initialisation, initialise, resource, type Stage, setStage, transfers } from './stage.ts'

/** A new transfer is a transaction of six statements: at 1,000 per second this machine has no room for anything else. */
const perSecond: Readonly<Record<string, number>> = { overview: 1_000, initialise: 200 }
const connections = 64
const known = 200

const kinds: Readonly<Record<string, (stage: Stage) => Promise<readonly Buffer[]>>> = {
  overview: async (stage) => {
    const ids: string[] = []
    for (let made = 0; made < known; made++) ids.push(await initialise(stage))
    // the sender's first part permits, the recipient's second: half each
    return ids.map((id, index) =>
      encodeRequest({
        method: 'GET',
        path: `${transfers}/${id}`,
        token: index % 2 === 0 ? stage.tokens.sender : stage.tokens.recipient,
      }),
    )
  },
  initialise: async ({ tokens }) => [
    encodeRequest({ method: 'POST', path: transfers, token: tokens.sender, json: initialisation(resource) }),
  ],
}

export async function benchSmallRequests({ seconds, repeats, profile }: BenchOptions): Promise<void> {
  for (const [kind, requestsOf] of Object.entries(kinds)) {
    title(`${kind}, ${perSecond[kind]} per second whatever the answers, ${seconds} s each, ${repeats} times in turn`)
    const added: number[] = []
    const worst: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      const bare = await measureOne('bare', kind, requestsOf, seconds, undefined)
      const product = await measureOne('product', kind, requestsOf, seconds, profile)
      added.push(percentile(product, 0.5) - percentile(bare, 0.5))
      worst.push(percentile(product, 0.99))
    }
    against(`${kind}: at most 1.2 ms added at p50`, `${median(added).toFixed(2)} ms`, median(added) <= 1.2)
    against(`${kind}: p99 at most 10 ms`, `${median(worst).toFixed(2)} ms`, median(worst) <= 10)
  }
}

async function measureOne(
  program: Program,
  kind: string,
  requestsOf: (stage: Stage) => Promise<readonly Buffer[]>,
  seconds: number,
  profile: string | undefined,
): Promise<Loaded> {
  const server = await startServer({ program, profile })
  try {
    const requests = await requestsOf(await setStage(server.url))
    const load = { port: server.port, requests, connections, expected: [200] }
    await openLoop({ ...load, seconds: Math.min(5, seconds) }, perSecond[kind]!)
    const { result, used } = await using(server, () => openLoop({ ...load, seconds }, perSecond[kind]!))
    sayLoaded(`${kind}, ${program === 'bare' ? 'authorization off' : 'decided and recorded'}`, result, used)
    return result
  } finally {
    await server.stop()
  }
}
