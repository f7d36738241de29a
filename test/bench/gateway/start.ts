/** From the start of the process to its first answer: with a new embedded database, and with one that is there. */
import { rm } from 'node:fs/promises'
import type { BenchOptions } from './bench.ts'
import { newFolder, startServer } from './processes.ts'
import { against, median, say, title } from './report.ts'

export async function benchStart({ repeats }: BenchOptions): Promise<void> {
  title('start: from the start of the process to its first answer')
  const fresh: number[] = []
  const again: number[] = []
  for (let repeat = 0; repeat < Math.max(5, repeats); repeat++) {
    const dataFolder = await newFolder()
    try {
      fresh.push(await startAndStop(dataFolder))
      again.push(await startAndStop(dataFolder))
    } finally {
      await rm(dataFolder, { recursive: true, force: true })
    }
  }
  sayTimes('a new database', fresh)
  sayTimes('an existing database', again)
  against('at most 3 s on a new database', `${Math.round(median(fresh))} ms`, median(fresh) <= 3_000)
  against('at most 1 s on an existing one', `${Math.round(median(again))} ms`, median(again) <= 1_000)
}

async function startAndStop(dataFolder: string): Promise<number> {
  const server = await startServer({ program: 'product', dataFolder })
  await server.stop()
  return server.startedIn
}

const sayTimes = (name: string, times: readonly number[]): void =>
  say(
    `  ${name.padEnd(22)} median ${Math.round(median(times))} ms, from ${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))} ms`,
  )
