/** Killed with SIGKILL at any point, a transfer is as it was or has moved on: nothing is half, nothing is left over. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDownload } from '../../src/handle/transfer/download.ts'
import { sweep, sweepOrphans } from '../../src/handle/transfer/sweep.ts'
import { upload } from '../../src/handle/transfer/upload.ts'
import { bench, bytesOf, grant, readAll, recipient, resource, text } from './support.ts'

const at = bench()
const program = join(import.meta.dirname, 'dying-upload.ts')
const wholeSize = 30 * 65_536

function start(point: string, ids: readonly string[]): ChildProcess {
  const args = ['--import', 'tsx', program, at.database.url, join(at.folder, 'files'), point, ...ids]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

const ended = (child: ChildProcess): Promise<string | null> =>
  new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))

async function restart(): Promise<void> {
  await sweep(at.transfers, new Date(Date.now() + 3_600_000))
  await sweepOrphans(at.transfers)
}

/** As it was, and then an upload succeeds; or published, with every byte. */
async function expectSound(id: string): Promise<string> {
  const before = await at.read(id)
  const found = before.status
  if (found === 'Initialized' || found === 'UploadStarted') {
    expect(before.blob).toBeNull()
    const answer = await upload(at.transfers, grant(), before, resource, { body: bytesOf(text) })
    expect(answer).toMatchObject({ kind: 'uploaded' })
  } else {
    expect(found).toBe('Published')
    const answer = await openDownload(at.transfers, grant(), before, { party: recipient })
    if (answer.kind === 'problem' || answer.body === undefined) throw new Error('no download')
    const file = await readAll(answer.body)
    expect(file.byteLength).toBe(wholeSize)
    for (let index = 0; index < 30; index++) expect(file[index * 65_536]).toBe(index)
  }
  return found
}

async function expectTidy(): Promise<void> {
  const rows = await at.transfers.sql<
    { blob: string }[]
  >`select blob from transfer where blob is not null and status <> 'Purged'`
  expect([...(await at.files())].sort()).toEqual(rows.map(({ blob }) => blob).sort())
}

test('at every step of an upload and of a purge', { timeout: 60_000 }, async () => {
  const points = {
    'before begin': 'UploadStarted',
    'after begin': 'UploadStarted',
    'before first write': 'UploadStarted',
    'after second write': 'UploadStarted',
    'before commit': 'UploadStarted',
    'after commit': 'UploadStarted',
    'after answer': 'Published',
  }
  const cases = await Promise.all(
    Object.entries(points).map(async ([point, found]) => ({ point, found, ...(await at.make()) })),
  )
  // Two cores: a few at a time.
  for (let index = 0; index < cases.length; index += 3) {
    const group = cases.slice(index, index + 3)
    const signals = await Promise.all(group.map(({ point, id }) => ended(start(point, [id]))))
    expect(signals).toEqual(group.map(() => 'SIGKILL'))
  }
  await restart()
  for (const { id, found } of cases) expect(await expectSound(id)).toBe(found)
  await expectTidy()
  const { id } = await at.make()
  expect(await ended(start('before delete', [id]))).toBe('SIGKILL')
  expect((await at.read(id)).status).toBe('Purged')
  await restart()
  await expectTidy()
})

test('at a moment nobody chose', { timeout: 60_000 }, async () => {
  const seen = new Set<string>()
  for (const delay of [3, 40, 150]) {
    const made = await Promise.all(Array.from({ length: 60 }, () => at.make()))
    const child = start(
      'never',
      made.map(({ id }) => id),
    )
    const end = ended(child)
    await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()))
    await new Promise((resolve) => setTimeout(resolve, delay))
    child.kill('SIGKILL')
    await end
    await restart()
    for (const { id } of made) seen.add(await expectSound(id))
    await expectTidy()
  }
  expect([...seen].filter((status) => !['Initialized', 'UploadStarted', 'Published'].includes(status))).toEqual([])
})
