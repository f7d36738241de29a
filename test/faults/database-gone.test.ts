/** The database goes away and comes back: nothing is granted without a record, and nothing has to be restarted. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseProxy, proxyDatabase } from '../support/database-proxy.ts'
import {
  initialisation,
  initialise,
  makeResource,
  mintCast,
  type Node,
  octets,
  organisations,
  paths,
  policyForm,
  policyText,
  registerOwner,
  scopes,
  uploadFile,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'

const gateway = withGateway()
const resource = 'database-gone'
let proxy: DatabaseProxy
let node: Node
/** Lets pass what it cannot record. */
let lenient: Node
let cast: Awaited<ReturnType<typeof mintCast>>

beforeAll(async () => {
  const owners = await mintCast(gateway)
  await registerOwner(gateway, owners.owner)
  await makeResource(gateway, owners.owner, resource)
  proxy = await proxyDatabase(gateway.database.url)
  node = await gateway.node({ PORTVAKT_DATABASE_URL: proxy.url })
  lenient = await gateway.node({ PORTVAKT_DATABASE_URL: proxy.url, PORTVAKT_ALLOW_UNRECORDED_DECISIONS: 'on' })
  cast = await mintCast(node)
})
afterAll(async () => {
  proxy?.mend()
  await node?.close()
  await lenient?.close()
  await proxy?.close()
})

const count = async (table: 'transfer' | 'decision'): Promise<number> =>
  (
    await gateway.database.sql<
      { count: number }[]
    >`select count(*) as count from portvakt.${gateway.database.sql(table)}`
  )[0]!.count

test('gone: 503 for everything, and nothing is handled; back: all goes on', async () => {
  const id = await initialise(node, cast.sender, resource)
  const published = await initialise(node, cast.sender, resource)
  await uploadFile(node, cast.sender, published, 'a file')
  // decided before, so that no look-up stands in the way of the record
  const search = `${paths.transfers}?resourceId=${resource}`
  await node.call('GET', search, { token: cast.sender })
  const [transfers] = [await count('transfer')]
  proxy.cut()
  const calls = [
    () => node.call('POST', paths.transfers, { token: cast.sender, json: initialisation(resource) }),
    () => node.call('GET', search, { token: cast.sender }),
    () => node.call('GET', search, { token: cast.stranger }),
    () => node.call('GET', `${paths.transfers}/${id}`, { token: cast.sender }),
    () => node.call('POST', `${paths.transfers}/${id}/upload`, { token: cast.sender, body: 'x', headers: octets }),
    () => node.call('GET', `${paths.transfers}/${published}/download`, { token: cast.recipient }),
    () =>
      node.call('PUT', `${paths.resources}/${resource}/policy`, {
        token: cast.owner,
        body: policyForm(policyText(resource, { allow: usualAllowances })),
      }),
  ]
  const answers = await Promise.all(calls.map((call) => call()))
  expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 503))
  for (const { json } of answers) expect(['PVK-00009', 'PVK-00010']).toContain(json.code)
  expect((await node.call('GET', '/health')).status).toBe(200)
  expect(await node.call('GET', '/ready').catch((error) => error)).toMatchObject({ status: 503 })
  proxy.mend()
  await expect.poll(async () => (await node.call('GET', '/ready')).status, { timeout: 10_000 }).toBe(200)
  expect(await count('transfer')).toBe(transfers)
  await uploadFile(node, cast.sender, id, 'after all')
  expect((await node.call('GET', `${paths.transfers}/${published}/download`, { token: cast.recipient })).text).toBe(
    'a file',
  )
})

test('unrecorded decisions pass only where the operator lets them', async () => {
  const search = `${paths.transfers}?resourceId=${resource}`
  const token = await lenient.token(organisations.sender, scopes.write)
  const stranger = await lenient.token(organisations.stranger, scopes.both)
  for (const by of [token, stranger]) await lenient.call('GET', search, { token: by })
  proxy.cut()
  const refused = await lenient.call('GET', search, { token: stranger })
  expect([401, 503]).toContain(refused.status)
  // the search itself needs the database too; what counts is that nothing passes for a permit
  expect((await lenient.call('GET', search, { token })).status).toBe(503)
  proxy.mend()
  await expect.poll(async () => (await lenient.call('GET', '/ready')).status, { timeout: 10_000 }).toBe(200)
})

test('held still: requests are answered in bounded time, and go on afterwards', async () => {
  proxy.hold()
  const answers = await Promise.all([
    node.call('POST', paths.transfers, { token: cast.sender, json: initialisation(resource) }),
    node.call('GET', `${paths.transfers}?resourceId=${resource}`, { token: cast.sender }),
    node.call('GET', `${paths.transfers}/00000000-0000-0000-0000-000000000000`, { token: cast.sender }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
  proxy.mend()
  await expect.poll(async () => (await node.call('GET', '/ready')).status, { timeout: 10_000 }).toBe(200)
})
