/** Nothing about access is hidden in code: change the gateway's policies, restart, and what is allowed has changed. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { start } from '../../src/main.ts'
import { plainEnvironment, settingsOf, withGateway } from '../support/gateway.ts'

const gateway = withGateway()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-policies-'))
  await cp(join(import.meta.dirname, '../../policies'), folder, { recursive: true })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8')
  expect(text).toContain(from)
  await writeFile(join(folder, file), text.replaceAll(from, to))
}

const path = '/broker/api/v1/serviceowner'

test('another scope in gateway.xml is the scope that is needed', async () => {
  const old = await gateway.token('991825827', 'altinn:serviceowner')
  expect((await gateway.call('GET', path, { token: old })).status).toBe(404)
  await change('gateway.xml', '>altinn:serviceowner<', '>example:owner<')
  const changed = await gateway.node({ PORTVAKT_POLICIES_FOLDER: folder })
  expect(
    (await changed.call('GET', path, { token: await changed.token('991825827', 'altinn:serviceowner') })).status,
  ).toBe(403)
  expect((await changed.call('GET', path, { token: await changed.token('991825827', 'example:owner') })).status).toBe(
    404,
  )
})

test('a rule taken out of administration.xml permits no more', async () => {
  await change('administration.xml', 'RuleId="self" Effect="Permit"', 'RuleId="self" Effect="Deny"')
  const changed = await gateway.node({ PORTVAKT_POLICIES_FOLDER: folder })
  const refused = await changed.call('GET', path, { token: await changed.token('991825827', 'example:owner') })
  expect([refused.status, refused.json.code]).toEqual([401, 'BRO-00006'])
})

test('how a refusal is answered follows from its obligation', async () => {
  await change('gateway.xml', '>PVK-00003<', '>BRO-00007<')
  const changed = await gateway.node({ PORTVAKT_POLICIES_FOLDER: folder })
  const refused = await changed.call('GET', path, { token: await changed.token('991825827', 'altinn:broker.read') })
  expect(refused.status).toBe(403)
})

test.each([
  [
    'a code that nothing is answered with',
    '>BRO-00007<',
    '>PVK-99999<',
    /gateway\.xml: .*refusal.*line \d+, column \d+/s,
  ],
  [
    'an unknown function',
    'function:string-subset',
    'function:string-subsett',
    /gateway\.xml: .*string-subsett.*line \d+, column \d+/s,
  ],
] as const)('policies that are wrong stop the start, with line and column: %s', async (_, from, to, said) => {
  await change('gateway.xml', from, to)
  const settings = settingsOf({
    ...plainEnvironment,
    PORTVAKT_DATA_FOLDER: gateway.folder,
    PORTVAKT_DATABASE_URL: gateway.database.url,
    PORTVAKT_POLICIES_FOLDER: folder,
  })
  await expect(start(settings)).rejects.toThrow(said)
  await change('gateway.xml', to, from)
})
