/** Runs the benchmarks of the gateway; compiled first, see `compile.ts`. */
import { parseArgs } from 'node:util'
import type { BenchOptions } from './bench.ts'
import { benchDecisionApi } from './decision-api.ts'
import { benchFiles } from './files.ts'
import { sayMachine } from './report.ts'
import { benchRevocation } from './revocation.ts'
import { benchSmallRequests } from './small-requests.ts'
import { benchStart } from './start.ts'

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  'decision-api': benchDecisionApi,
  'small-requests': benchSmallRequests,
  files: benchFiles,
  revocation: benchRevocation,
  start: benchStart,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    repeats: { type: 'string', default: '3' },
    mebibytes: { type: 'string', default: '512' },
    profile: { type: 'string' },
  },
})
const unknown = positionals.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0)
  throw new Error(`no benchmark \`${unknown.join('`, `')}\`; there are ${Object.keys(benches).join(', ')}`)

const options: BenchOptions = {
  seed: Number(values.seed),
  seconds: Number(values.seconds),
  repeats: Number(values.repeats),
  size: Number(values.mebibytes) * 1024 * 1024,
  profile: values.profile,
}
sayMachine(options.seed)
for (const [name, bench] of Object.entries(benches))
  if (positionals.length === 0 || positionals.includes(name)) await bench(options)
