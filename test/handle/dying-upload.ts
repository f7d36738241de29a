/**
 * A process that handles transfers and kills itself with SIGKILL at the point it is told, for crash.test.ts. Arguments: the
 * database's address, the folder, the point, the transfer ids.
 */
import { randomUUID } from 'node:crypto'
import { openSql } from '../../src/database/sql.ts'
import { openLocalFolder } from '../../src/handle/storage/local-folder.ts'
import type { Draft, Store } from '../../src/handle/storage/store.ts'
import { find } from '../../src/handle/transfer/find.ts'
import { sweep } from '../../src/handle/transfer/sweep.ts'
import { upload } from '../../src/handle/transfer/upload.ts'
import { grant, resource } from './support-data.ts'

const [url = '', folder = '', point = '', ...ids] = process.argv.slice(2)

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}

const at = async <T>(here: string, work: () => Promise<T>): Promise<T> => {
  if (point === `before ${here}`) await die()
  const result = await work()
  if (point === `after ${here}`) await die()
  return result
}

const dyingDraft = (draft: Draft): Draft => ({
  ...draft,
  write: (offset, chunks) => at(offset === 0 ? 'first write' : 'second write', () => draft.write(offset, chunks)),
  commit: () => at('commit', () => draft.commit()),
})

function dyingStore(store: Store): Store {
  return {
    ...store,
    begin: async (blob) => dyingDraft(await at('begin', () => store.begin(blob))),
    delete: (blob) => at('delete', () => store.delete(blob)),
  }
}

async function* body(): AsyncIterable<Uint8Array> {
  for (let index = 0; index < 30; index++) yield Buffer.alloc(65_536, index)
}

const sql = openSql({ place: { kind: 'url', url }, size: 4, name: 'portvakt test' })
const store = dyingStore(await openLocalFolder(folder))
const transfers = { sql, store, allowUnscannedFiles: true, clock: () => new Date(), newId: randomUUID }
process.stdout.write('ready\n')
for (const id of ids) {
  const transfer = await find(sql, id)
  if (transfer === undefined) throw new Error(`no transfer ${id}`)
  await upload(transfers, grant(), transfer, resource, { body: body() })
}
await at('answer', () => Promise.resolve())
// Killed from outside: it must not have gone on to the purge before that.
if (point !== 'never') await sweep(transfers, new Date(Date.now() + 31 * 86_400_000))
await sql.end()
