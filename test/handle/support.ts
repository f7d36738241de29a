/** What the tests of transfers share: the real database, a real folder, grants and bodies. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { outboxMigrations } from '../../src/events/outbox.ts'
import { openLocalFolder } from '../../src/handle/storage/local-folder.ts'
import { checkInitialize } from '../../src/handle/transfer/check-initialize.ts'
import { find, type Transfer } from '../../src/handle/transfer/find.ts'
import { initialize } from '../../src/handle/transfer/initialize.ts'
import { transferMigrations } from '../../src/handle/transfer/migrations.ts'
import type { BrokerResource, Transfers } from '../../src/handle/transfer/transfers.ts'
import { type TestDatabase, withDatabase } from '../support/database.ts'
import { basic, grant, resource } from './support-data.ts'

export const migrations = [...outboxMigrations, ...transferMigrations]
export * from './support-data.ts'

export interface Bench {
  readonly database: TestDatabase
  readonly folder: string
  readonly transfers: Transfers
  /** The same with other settings. */
  with(changes: Partial<Transfers>): Transfers
  /** A new transfer of `basic` with changes. */
  make(changes?: Record<string, unknown>, transfers?: Transfers, rules?: BrokerResource): Promise<Transfer>
  read(id: string): Promise<Transfer>
  /** Names of what lies in the store. */
  files(): Promise<readonly string[]>
}

export function bench(size = 8): Bench {
  const database = withDatabase({ migrations, size })
  let folder = ''
  let transfers: Transfers | undefined
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portvakt-files-'))
    transfers = {
      sql: database.sql,
      store: await openLocalFolder(join(folder, 'files')),
      allowUnscannedFiles: true,
      clock: () => new Date(),
      newId: randomUUID,
    }
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const current = (): Transfers => {
    if (transfers === undefined) throw new Error('the bench is there from beforeAll on')
    return transfers
  }
  const read = async (id: string): Promise<Transfer> => {
    const transfer = await find(current().sql, id)
    if (transfer === undefined) throw new Error(`no transfer ${id}`)
    return transfer
  }
  return {
    database,
    get folder() {
      return folder
    },
    get transfers() {
      return current()
    },
    with: (changes) => ({ ...current(), ...changes }),
    make: async (changes = {}, on = current(), rules = resource) => {
      const input = checkInitialize({ ...basic, ...changes })
      if (!input.ok) throw new Error(JSON.stringify(input.malformed))
      const made = await initialize(on, grant(), input.value, rules)
      if (made.kind === 'problem') throw new Error(made.code)
      return read(made.id)
    },
    read,
    files: async () => {
      const entries = await readdir(join(folder, 'files'), { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    },
  }
}

export async function* bytesOf(...parts: readonly (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part
}

/** `count` pieces of `size` random bytes, and their whole. */
export function pieces(count: number, size: number): { readonly parts: readonly Buffer[]; readonly whole: Buffer } {
  const parts = Array.from({ length: count }, () => randomBytes(size))
  return { parts, whole: Buffer.concat(parts) }
}

/** A body that is fed from outside. */
export function fed() {
  const queue: (Uint8Array | Error | null)[] = []
  let wake = (): void => {}
  const push = (item: Uint8Array | Error | null): void => {
    queue.push(item)
    wake()
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const item = queue.shift()
      if (item === null) return
      if (item instanceof Error) throw item
      if (item !== undefined) yield item
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  return {
    body: body(),
    send: (bytes: Uint8Array) => push(bytes),
    end: () => push(null),
    fail: () => push(new Error('ECONNRESET')),
  }
}

/** Waits until `isTrue`, ten seconds at most. */
export async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
