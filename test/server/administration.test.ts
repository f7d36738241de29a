/** Who administers, end to end: what a strict reading of the policies and of the record once found wrong stays right. */
import { beforeAll, describe, expect, test } from 'vitest'
import { organisations, registerOwner, resourceDocument, withGateway } from '../support/gateway.ts'

const gateway = withGateway()
const owner = '991825827'
const vendor = '312195771'
const everything =
  'altinn:serviceowner altinn:resourceregistry/resource.write altinn:resourceregistry/accesslist.write altinn:broker.write altinn:authentication/systemregister.write altinn:authentication/systemuser.write'
const resource = '/resourceregistry/api/v1/resource/administered'
const settings = '/broker/api/v1/resource/administered'
const approval = '/portvakt/v1/resources/administered/unscanned-files'

beforeAll(async () => {
  const token = await gateway.token(owner, everything)
  await registerOwner(gateway, token)
  const made = await gateway.call('POST', '/resourceregistry/api/v1/resource', {
    token,
    json: resourceDocument('administered'),
  })
  expect(made.status).toBe(201)
  expect((await gateway.call('PUT', settings, { token, json: {} })).status).toBe(204)
})

async function recorded(
  operation: string,
): Promise<readonly { action: string; decision: string; status: number | null }[]> {
  // outcomes are gathered for a moment before they are written
  await new Promise((resolve) => setTimeout(resolve, 200))
  return gateway.database.sql<{ action: string; decision: string; status: number | null }[]>`
    select d.action, d.decision, o.status from decision d left join decision_outcome o on o.decision_id = d.id
    where d.operation = ${operation} order by d.time desc, d.id desc`
}

describe('a system user administers nothing for the party that it works for', () => {
  test('whatever scopes its vendor has', async () => {
    const party = await gateway.token(owner, 'altinn:authentication/systemuser.write')
    const vendorToken = await gateway.token(vendor, 'altinn:authentication/systemregister.write')
    const id = `${vendor}_robot`
    const system = { id, vendor: { ID: `0192:${vendor}` }, name: { en: 'Robot', nb: 'Robot', nn: 'Robot' }, rights: [] }
    await gateway.call('POST', '/authentication/api/v1/systemregister/vendor', { token: vendorToken, json: system })
    const made = await gateway.call('POST', `/authentication/api/v1/systemuser/${owner}`, {
      token: party,
      json: { systemId: id },
    })
    expect(made.status).toBe(201)
    const token = await gateway.token(owner, everything, { kind: 'system-user', vendor, systemUser: made.json.id })
    const attempts = [
      await gateway.call('PUT', resource, { token, json: resourceDocument('administered') }),
      await gateway.call('DELETE', resource, { token }),
      await gateway.call('PUT', settings, { token, json: { maxFileTransferSize: 1 } }),
      await gateway.call('PUT', '/resourceregistry/api/v1/access-lists/digdir/list', { token, json: { name: 'List' } }),
      await gateway.call('POST', `/authentication/api/v1/systemuser/${owner}`, { token, json: { systemId: id } }),
      await gateway.call('GET', '/broker/api/v1/serviceowner', { token }),
      await gateway.call('GET', '/portvakt/v1/decisions?resource=administered', { token }),
    ]
    expect(attempts.map(({ status, json }) => [status, json.code])).toEqual(attempts.map(() => [401, 'BRO-00006']))
  })
})

describe('files that are not scanned', () => {
  const json = { approved: true }
  test('are approved by administrators of the registry alone', async () => {
    const own = await gateway.token(owner, 'altinn:resourceregistry/resource.write')
    expect((await gateway.call('PUT', approval, { token: own, json })).status).toBe(403)
    const token = await gateway.token(organisations.recipient, 'altinn:resourceregistry/resource.admin')
    expect((await gateway.call('PUT', approval, { token, json })).status).toBe(204)
    const large = { maxFileTransferSize: 100_000_000_000 }
    const ownerToken = await gateway.token(owner, 'altinn:serviceowner')
    expect((await gateway.call('PUT', settings, { token: ownerToken, json: large })).status).toBe(204)
    expect((await gateway.call('PUT', approval, { token, json: { approved: 'yes' } })).status).toBe(400)
  })
})

describe('the record says what the client was told', () => {
  test('of a body of another kind', async () => {
    const token = await gateway.token(owner, 'altinn:serviceowner')
    const answered = await gateway.call('PUT', settings, {
      token,
      body: 'a=b',
      headers: { 'content-type': 'text/plain' },
    })
    expect(answered.status).toBe(415)
    expect((await recorded('resource-configure'))[0]?.status).toBe(415)
  })

  test('of a HEAD, which reads', async () => {
    const token = await gateway.token(owner, 'altinn:resourceregistry/accesslist.read')
    await gateway.call('HEAD', '/resourceregistry/api/v1/access-lists/digdir', { token })
    expect((await recorded('access-list-read'))[0]?.action).toBe('read')
  })
})

test('the owner of a deleted resource still reads its record, and others do not', async () => {
  const token = await gateway.token(owner, everything)
  const path = '/resourceregistry/api/v1/resource'
  await gateway.call('POST', path, { token, json: resourceDocument('short-lived') })
  expect((await gateway.call('DELETE', `${path}/short-lived`, { token })).status).toBe(204)
  const record = '/portvakt/v1/decisions?resource=short-lived'
  expect((await gateway.call('GET', record, { token })).status).toBe(200)
  const other = await gateway.token(vendor, 'altinn:serviceowner')
  expect((await gateway.call('GET', record, { token: other })).status).toBe(401)
})
