/** What an attack once got through stays shut. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  makeResource,
  mintCast,
  organisations,
  paths,
  policyForm,
  policyText,
  registerOwner,
  resourceDocument,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'

const gateway = withGateway({ PORTVAKT_ANONYMOUS_REQUESTS_PER_SECOND: '20' })
const put = (resource: string, text: string) =>
  gateway.call('PUT', `${paths.resources}/${resource}/policy`, { token: cast.owner, body: policyForm(text) })
const usual = (resource: string): string => policyText(resource, { allow: usualAllowances })
let cast: Awaited<ReturnType<typeof mintCast>>

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
})

async function systemUser(
  party: string,
  resource: string,
  action: string,
  scope: string,
  level: number,
): Promise<string> {
  const { vendor } = organisations
  const id = `${vendor}_bot-${resource}`
  const right = { action, resource: [{ id: 'urn:altinn:resource', value: resource }] }
  const vendorToken = await gateway.token(vendor, 'altinn:authentication/systemregister.write')
  const name = { en: 'Bot', nb: 'Bot', nn: 'Bot' }
  await gateway.call('POST', paths.systems, {
    token: vendorToken,
    json: { id, vendor: { ID: `0192:${vendor}` }, name, rights: [right] },
  })
  const partyToken = await gateway.token(party, 'altinn:authentication/systemuser.write')
  const json = { systemId: id, rights: [right] }
  const made = await gateway.call('POST', `${paths.users}/${party}`, { token: partyToken, json })
  expect(made.status).toBe(201)
  return gateway.token(party, scope, { kind: 'system-user', vendor, systemUser: made.json.id, level })
}

const sending = (resource: string, sender: string) => ({
  fileName: 'a',
  resourceId: resource,
  sendersFileTransferReference: 'r',
  sender: `0192:${sender}`,
  recipients: [`0192:${organisations.recipient}`],
})

describe('rights of system users', () => {
  test('do not count where the owner has made the resource not delegable', async () => {
    await makeResource(gateway, cast.owner, 'closed-rights', { document: { delegable: false } })
    const token = await systemUser(organisations.stranger, 'closed-rights', 'write', 'altinn:broker.write', 3)
    const answered = await gateway.call('POST', paths.transfers, {
      token,
      json: sending('closed-rights', organisations.stranger),
    })
    expect([answered.status, answered.json.code]).toEqual([401, 'BRO-00006'])
  })

  test('are bound by the level that a rule of the policy demands, not only the policy', async () => {
    const obligation =
      '<ObligationExpressions><ObligationExpression ObligationId="urn:altinn:obligation:level" FulfillOn="Permit"><AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">4</AttributeValue></AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>'
    await makeResource(gateway, cast.owner, 'level-on-rule', {})
    const text = usual('level-on-rule').replace('</Rule>', `${obligation}</Rule>`)
    expect((await put('level-on-rule', text)).status).toBe(201)
    for (const [level, status] of [
      [0, 401],
      [3, 401],
      [4, 200],
    ] as const) {
      const party = organisations.stranger
      const token = await systemUserOnce(level)
      const answered = await gateway.call('POST', paths.transfers, { token, json: sending('level-on-rule', party) })
      expect([level, answered.status]).toEqual([level, status])
    }
    async function systemUserOnce(level: number): Promise<string> {
      made ??= await systemUser(organisations.stranger, 'level-on-rule', 'write', 'altinn:broker.write', 3)
      const claims = JSON.parse(Buffer.from(made.split('.')[1]!, 'base64url').toString())
      const [id] = claims.authorization_details[0].systemuser_id
      return gateway.token(organisations.stranger, 'altinn:broker.write', {
        kind: 'system-user',
        vendor: organisations.vendor,
        systemUser: id,
        level,
      })
    }
  })
  let made: string | undefined

  test('a level that is computed is refused at upload', async () => {
    await makeResource(gateway, cast.owner, 'computed-level', {})
    const computed =
      '<ObligationExpressions><ObligationExpression ObligationId="urn:altinn:obligation:level" FulfillOn="Permit"><AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel"><AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" AttributeId="level" DataType="http://www.w3.org/2001/XMLSchema#integer" MustBePresent="false"/></AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>'
    const refused = await put('computed-level', usual('computed-level').replace('</Rule>', `${computed}</Rule>`))
    expect([refused.status, refused.json.code]).toEqual([400, 'PVK-00016'])
    expect(refused.text).toContain('UPLOAD-COMPUTED-LEVEL')
  })
})

describe('the decision API', () => {
  test('takes no word for what the registry knows', async () => {
    const path = paths.authorize
    const json = (id: string) => ({
      Request: {
        AccessSubject: [
          {
            Attribute: [
              { AttributeId: 'urn:altinn:organization:identifier-no', Value: organisations.stranger },
              { AttributeId: id, Value: 'digdir:secret' },
            ],
          },
        ],
        Action: [{ Attribute: [{ AttributeId: 'urn:oasis:names:tc:xacml:1.0:action:action-id', Value: 'read' }] }],
        Resource: [{ Attribute: [{ AttributeId: 'urn:altinn:resource', Value: 'listed' }] }],
      },
    })
    await makeResource(gateway, cast.owner, 'listed', {})
    const text = usual('listed').replaceAll('urn:altinn:organization:identifier-no', 'urn:altinn:access-list')
    const listed = text.replaceAll(/>\d{9}</g, '>digdir:secret<')
    expect((await put('listed', listed)).status).toBe(201)
    for (const id of ['urn:altinn:access-list', 'URN:altinn:access-list']) {
      const answered = await gateway.call('POST', path, { token: cast.owner, json: json(id) })
      expect(answered.json.response[0].decision).toBe('NotApplicable')
    }
  })

  test('refuses a batch that looks at too much, and says so', async () => {
    const values = Array.from({ length: 900 }, (_, index) => `s${index}`)
    const categories = {
      AccessSubject: [{ Id: 's', Attribute: [{ AttributeId: 'x', Value: values }] }],
      Action: [
        { Id: 'a', Attribute: [{ AttributeId: 'urn:oasis:names:tc:xacml:1.0:action:action-id', Value: 'read' }] },
      ],
      Resource: [{ Id: 'r', Attribute: [{ AttributeId: 'urn:altinn:resource', Value: 'listed' }] }],
    }
    const RequestReference = Array.from({ length: 900 }, () => ({ ReferenceId: ['s', 'a', 'r'] }))
    const json = { Request: { ...categories, MultiRequests: { RequestReference } } }
    const answered = await gateway.call('POST', paths.authorize, { token: cast.owner, json })
    expect([answered.status, answered.json.code]).toEqual([400, 'PVK-00001'])
  })
})

describe('without a token', () => {
  test('ids that are none go no further, and only so many requests are taken', async () => {
    const long = await gateway.call('GET', `${paths.resources}/${'x'.repeat(20_000)}`)
    expect([long.status, long.json.code]).toEqual([404, 'PVK-00014'])
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => gateway.call('GET', `${paths.resources}/none-${index}`)),
    )
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].sort()).toEqual([404, 429])
  })
})

test('times and ids that no calendar has are told so', async () => {
  const token = cast.owner
  await gateway.call('POST', paths.resources, { token, json: resourceDocument('calendar') })
  for (const since of ['-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z']) {
    const answered = await gateway.call(
      'GET',
      `${paths.decisions}?resource=calendar&since=${encodeURIComponent(since)}`,
      { token },
    )
    expect(answered.status).toBe(400)
  }
  const auditor = await gateway.token(organisations.owner, 'portvakt:decisions.read')
  const answered = await gateway.call('GET', `${paths.decisions}/ffffffff-ffff-7fff-bfff-ffffffffffff`, {
    token: auditor,
  })
  expect(answered.status).toBe(404)
})
