import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLocalFolder } from '../../../src/handle/storage/local-folder.ts'
import type { Store } from '../../../src/handle/storage/store.ts'
import { storeSuite } from './store-suite.ts'

let folder = ''
let store: Store | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-store-'))
  store = await openLocalFolder(join(folder, 'files'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const current = (): Store => {
  if (store === undefined) throw new Error('not open')
  return store
}

storeSuite('local folder', current)

test('the folder is ours alone, and what else lies in it is left alone', async () => {
  expect((await stat(join(folder, 'files'))).mode & 0o777).toBe(0o700)
  await mkdir(join(folder, 'files/lost+found'))
  await mkdir(join(folder, 'files/ab'), { recursive: true })
  await writeFile(join(folder, 'files/ab/README'), 'not ours')
  const names: string[] = []
  for await (const { blob } of current().list()) names.push(blob)
  expect(names).not.toContain('README')
  expect(await current().free()).toBeGreaterThan(0)
})
