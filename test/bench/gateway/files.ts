/** One large file up and down: the product, the same server with authorization off, and Node alone on the same disk. */

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BenchOptions } from './bench.ts'
import { newFolder, type Program, startServer } from './processes.ts'
import { against, median, say, title, using } from './report.ts'
import { initialise, type Stage, setStage, transfers } from './stage.ts'

const mebibyte = 1024 * 1024

interface Figures {
  readonly up: number
  readonly down: number
  readonly peak: number
}

export async function benchFiles({ size, repeats }: BenchOptions): Promise<void> {
  title(`one file of ${size / mebibyte} MiB up and down, ${repeats} times in turn, MiB/s`)
  await nodeAlone(size)
  const figures: Record<Program, Figures[]> = { bare: [], product: [] }
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const program of ['bare', 'product'] as const) figures[program].push(await measureOne(program, size))
  const of = (program: Program, pick: (one: Figures) => number): number => median(figures[program].map(pick))
  const shares = {
    upload: of('product', ({ up }) => up) / of('bare', ({ up }) => up),
    download: of('product', ({ down }) => down) / of('bare', ({ down }) => down),
  }
  for (const [name, share] of Object.entries(shares))
    against(`${name} at least 90 % of that with authorization off`, `${Math.round(share * 100)} %`, share >= 0.9)
  const peak = Math.max(...figures.product.map((one) => one.peak))
  against('resident at most 150 MiB', `${Math.round(peak)} MiB`, peak <= 150)
}

async function measureOne(program: Program, size: number): Promise<Figures> {
  const server = await startServer({ program })
  try {
    const stage = await setStage(server.url)
    const id = await initialise(stage)
    const up = await using(server, () => timed(size, () => upload(stage, id, size)))
    const down = await using(server, () => timed(size, () => download(stage, id, size)))
    const { now, peak } = await server.resident()
    const name = program === 'bare' ? 'authorization off' : 'decided and recorded'
    const each = (seconds: number): string => `${seconds.toFixed(1)} s of processor`
    say(
      `  ${name.padEnd(22)} up ${show(up.result)} (${each(up.used.node)}), down ${show(down.result)} (${each(down.used.node)}), resident ${Math.round(now)} MiB, at most ${Math.round(peak)} MiB`,
    )
    return { up: up.result, down: down.result, peak }
  } finally {
    await server.stop()
  }
}

const show = (value: number): string => Math.round(value).toLocaleString('en').padStart(6)

async function timed(size: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (size / mebibyte / (performance.now() - started)) * 1000
}

const block = Buffer.alloc(mebibyte, 'portvakt')

const blocksOf = (size: number): Readable =>
  Readable.from(
    (function* () {
      for (let left = size; left > 0; left -= block.length) yield left >= block.length ? block : block.subarray(0, left)
    })(),
    { objectMode: false, highWaterMark: mebibyte },
  )

function upload({ url, tokens }: Stage, id: string, size: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}${transfers}/${id}/upload`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${tokens.sender}`,
          'content-type': 'application/octet-stream',
          'content-length': size,
        },
      },
      (incoming) => {
        incoming.resume()
        if (incoming.statusCode === 200) incoming.once('end', resolve)
        else reject(new Error(`the upload was answered ${incoming.statusCode}`))
      },
    )
    outgoing.once('error', reject)
    pipeline(blocksOf(size), outgoing).catch(reject)
  })
}

function download({ url, tokens }: Stage, id: string, size: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${tokens.recipient}` }
    const outgoing = request(`${url}${transfers}/${id}/download`, { headers }, (incoming) => {
      let received = 0
      incoming.on('data', (chunk: Buffer) => {
        received += chunk.length
      })
      incoming.once('end', () =>
        received === size ? resolve() : reject(new Error(`${received} of ${size} bytes came (${incoming.statusCode})`)),
      )
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

/** What the disk and Node can do in this process, without a network; the MD5 that the broker's contract asks for, and none. */
async function nodeAlone(size: number): Promise<void> {
  const folder = await newFolder()
  const file = join(folder, 'file')
  try {
    const up = await timed(size, () => pipeline(blocksOf(size), createWriteStream(file)))
    const down = await timed(size, async () => {
      for await (const _ of createReadStream(file, { highWaterMark: 256 * 1024 }));
    })
    const hash = createHash('md5')
    const md5 = await timed(size, async () => {
      for (let left = size; left > 0; left -= block.length) hash.update(block)
    })
    say(
      `  Node alone             up ${show(up)}, down ${show(down)}; MD5 alone ${show(md5)}, which every upload must take`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
