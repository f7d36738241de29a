/**
 * Measures the decision record against its bars (src/README.md): throughput at 400 in flight, latency at a steady rate, and
 * the time to encode. Client, Node and an embedded PostgreSQL with fsync on share this machine; no tracing runs.
 *
 *   npx tsc -p test/tsconfig.json --noEmit false --allowImportingTsExtensions false --outDir dist/bench
 *   node dist/bench/test/bench/record/record.js [seconds per measurement, default 5]
 *
 * (With `npx tsx test/bench/record/record.ts` it runs too, but the names that tsx keeps cost a fifth of the time to encode.)
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, cpus, release } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../src/database/connect.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { buildEntry } from '../../../src/record/build-entry.ts'
import { createFrames } from '../../../src/record/frames.ts'
import { toInsert } from '../../../src/record/insert.ts'
import { recordMigrations } from '../../../src/record/migrations.ts'
import { createSaltSource } from '../../../src/record/personal.ts'
import { createRecorder, type Recorder } from '../../../src/record/writer.ts'
import { idAt, printValue, sample } from '../../record/samples.ts'

const seconds = Number(process.argv[2] ?? 5)
const clock = (): number => performance.now()
let number = 0

function next() {
  const now = new Date()
  number++
  const party = String(900000000 + (number % 5000))
  return sample({ id: idAt(now, number), now, organisation: party, instance: idAt(now, number + 1) })
}

function percentile(sorted: Float64Array, share: number): string {
  return `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(2)} ms`
}

function report(name: string, latencies: readonly number[], elapsed: number): void {
  const sorted = Float64Array.from(latencies).sort()
  const rate = Math.round((latencies.length / elapsed) * 1000)
  const shares = [0.5, 0.99, 1].map((share) => percentile(sorted, share))
  console.log(`${name}: ${rate} records/s, p50 ${shares[0]}, p99 ${shares[1]}, max ${shares[2]}`)
}

/** Seconds of CPU used so far by the processes of the server. */
async function serverCpu(): Promise<number> {
  const stats = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')),
  )
  const [backend] = await database.sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const rows = stats.map((stat) => ({
    pid: Number.parseInt(stat, 10),
    fields: stat.slice(stat.lastIndexOf(')') + 2).split(' '),
  }))
  const server = rows.find(({ pid }) => pid === backend?.pid)?.fields[1]
  const ticks = rows
    .filter(({ fields, pid }) => fields[1] === server || String(pid) === server)
    .reduce((sum, { fields }) => sum + Number(fields[11]) + Number(fields[12]), 0)
  return ticks / 100
}

/** On a busy machine the rate says little; the time each record takes of a core says what the rate would be on an idle one. */
async function withCpu(measure: () => Promise<number>): Promise<void> {
  const server = await serverCpu()
  const own = process.cpuUsage()
  const records = await measure()
  const { system, user } = process.cpuUsage(own)
  const serverUsed = ((await serverCpu()) - server) * 1e6
  console.log(
    `  CPU per record: Node ${((user + system) / records).toFixed(1)} µs, PostgreSQL ${(serverUsed / records).toFixed(1)} µs`,
  )
}

async function inFlight(recorder: Recorder, width: number): Promise<number> {
  const latencies: number[] = []
  const start = clock()
  const end = start + seconds * 1000
  const one = async (): Promise<void> => {
    while (clock() < end) {
      const began = clock()
      await recorder.decision(next())
      latencies.push(clock() - began)
    }
  }
  await Promise.all(Array.from({ length: width }, one))
  report(`${width} in flight`, latencies, clock() - start)
  return latencies.length
}

/** Open loop: each record has its time, and its latency counts from then, even when the loop comes late. */
async function atRate(recorder: Recorder, rate: number): Promise<void> {
  const latencies: number[] = []
  const running: Promise<void>[] = []
  const start = clock()
  for (let sent = 0; sent < rate * seconds; ) {
    const due = Math.floor(((clock() - start) * rate) / 1000)
    for (; sent <= due; sent++) {
      const scheduled = start + (sent * 1000) / rate
      running.push(recorder.decision(next()).then(() => void latencies.push(clock() - scheduled)))
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(running)
  report(`${rate}/s offered`, latencies, clock() - start)
}

function encoding(): void {
  const context = { node: 'node-1', salt: createSaltSource(randomBytes), printValue, nameFrame: createFrames() }
  const samples = Array.from({ length: 1000 }, next)
  let bytes = 0
  const best = Array.from({ length: 20 }, () => {
    const start = clock()
    for (const enforced of samples) bytes = toInsert(buildEntry(enforced, context)).sealed.bytes.length
    return clock() - start
  }).sort((a, b) => a - b)
  console.log(
    `encoding: median ${best[10]?.toFixed(1)} µs, best ${best[0]?.toFixed(1)} µs per record of ${bytes} bytes`,
  )
}

const dataFolder = await mkdtemp(join('/tmp', 'portvakt-bench-'))
const database = await openDatabase({ dataFolder, databasePoolSize: 6 })
try {
  await migrate(database.sql, recordMigrations)
  const [version] = await database.sql<{ version: string }[]>`select version()`
  console.log(`${cpus()[0]?.model} × ${availableParallelism()}, Linux ${release()}, Node ${process.version}`)
  console.log(`${version?.version.split(' on ')[0]}, embedded, fsync on`)
  encoding()
  const lanes = Number(process.env.LANES ?? 2)
  const recorder = createRecorder({ sql: database.sql, node: 'bench', random: randomBytes, printValue, clock, lanes })
  await withCpu(() => inFlight(recorder, 400))
  await database.sql`checkpoint`
  await withCpu(() => inFlight(recorder, 400))
  await database.sql`checkpoint`
  await atRate(recorder, 1000)
  await atRate(recorder, 5000)
  await recorder.close()
  const [count] = await database.sql<{ written: number }[]>`select count(*) as written from decision`
  console.log(`acknowledged ${recorder.stats().decisions}, in the database ${count?.written}`)
} finally {
  await database.close()
  await rm(dataFolder, { recursive: true, force: true })
}
