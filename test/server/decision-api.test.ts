/** The decision API, as other systems ask it: contract of the decision point, 1.1 to 1.4, with the semantics of the standard. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  actionCategory,
  actionId,
  allOf,
  anyOf,
  isAction,
  isResource,
  isSubject,
  makeResource,
  mintCast,
  organisationId,
  organisations,
  paths,
  policyText,
  putPolicy,
  registerOwner,
  resourceCategory,
  rule,
  subjectCategory,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'

const gateway = withGateway()
const resource = 'asked-resource'
const { sender, recipient, stranger } = organisations
const xs = 'http://www.w3.org/2001/XMLSchema#'
let cast: Awaited<ReturnType<typeof mintCast>>

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
  await makeResource(gateway, cast.owner, resource, {
    policy: policyText(resource, {
      allow: usualAllowances,
      rules: rule(
        'deny-stranger',
        'Deny',
        anyOf(allOf(isSubject(organisationId, stranger))) + anyOf(allOf(isResource(resource))),
      ),
    }),
  })
})

const attribute = (AttributeId: string, Value: unknown, more: object = {}) => ({ AttributeId, Value, ...more })
const requestOf = (subject: string, action: string, id = resource, more: object = {}) => ({
  Request: {
    AccessSubject: [{ Attribute: [attribute(organisationId, subject, { IncludeInResult: true })] }],
    Action: [{ Attribute: [attribute(actionId, action)] }],
    Resource: [{ Attribute: [attribute('urn:altinn:resource', id)] }],
    ...more,
  },
})
const ask = (json: unknown, token: string | null = cast.owner) =>
  gateway.call('POST', paths.authorize, { token: token ?? undefined, json })

describe('decisions', () => {
  test('Permit with its obligations, in the casing that clients read', async () => {
    const { status, json } = await ask(requestOf(recipient, 'read'))
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['response'])
    expect(json.response).toHaveLength(1)
    const [result] = json.response
    expect(result.decision).toBe('Permit')
    expect(result.status.statusCode.value).toBe('urn:oasis:names:tc:xacml:1.0:status:ok')
    expect(result.obligations).toEqual([
      {
        id: 'urn:altinn:obligation:authenticationLevel1',
        attributeAssignment: [
          expect.objectContaining({
            attributeId: 'urn:altinn:obligation1-assignment1',
            value: expect.toSatisfy((value) => String(value) === '2'),
            category: 'urn:altinn:minimum-authenticationlevel',
          }),
        ],
      },
    ])
    expect(result.category).toEqual([
      expect.objectContaining({
        categoryId: subjectCategory,
        attribute: [expect.objectContaining({ attributeId: organisationId, value: recipient })],
      }),
    ])
  })

  test.each([
    [stranger, 'read', 'Deny'],
    [recipient, 'write', 'NotApplicable'],
    ['999999999', 'read', 'NotApplicable'],
  ])('%s %s → %s', async (subject, action, decision) => {
    const { json } = await ask(requestOf(subject, action))
    expect(json.response[0].decision).toBe(decision)
    expect(json.response[0].obligations ?? []).toEqual([])
  })

  test('what cannot be said is Indeterminate, with its reason', async () => {
    const id = 'asked-indeterminate'
    const condition = `<Condition><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-one-and-only"><AttributeDesignator Category="${subjectCategory}" AttributeId="urn:altinn:role" DataType="${xs}string" MustBePresent="true"/></Apply><AttributeValue DataType="${xs}string">x</AttributeValue></Apply></Condition>`
    const rules = rule('needs-role', 'Permit', anyOf(allOf(isResource(id))) + anyOf(allOf(isAction('read'))), condition)
    await makeResource(gateway, cast.owner, id, { policy: policyText(id, { rules }) })
    const { json } = await ask(requestOf(sender, 'read', id))
    expect(json.response[0]).toMatchObject({
      decision: 'Indeterminate',
      status: { statusCode: { value: 'urn:oasis:names:tc:xacml:1.0:status:missing-attribute' } },
    })
  })

  test('several decisions in one request, in its order (1.4)', async () => {
    const named = (Id: string, AttributeId: string, Value: string) => ({
      Id,
      Attribute: [attribute(AttributeId, Value, { IncludeInResult: true })],
    })
    const { json } = await ask({
      Request: {
        AccessSubject: [named('s1', organisationId, sender), named('s2', organisationId, stranger)],
        Action: [named('read', actionId, 'read'), named('write', actionId, 'write')],
        Resource: [named('r', 'urn:altinn:resource', resource)],
        MultiRequests: {
          RequestReference: [
            { ReferenceId: ['s1', 'read', 'r'] },
            { ReferenceId: ['s2', 'read', 'r'] },
            { ReferenceId: ['s1', 'write', 'r'] },
          ],
        },
      },
    })
    expect(json.response.map(({ decision }: { decision: string }) => decision)).toEqual(['Permit', 'Deny', 'Permit'])
  })

  test('attributes of other types and of issuers are not mistaken for each other', async () => {
    const id = 'asked-types'
    const holds = (attributeId: string, type: string, value: string, issuer = '') =>
      `<Match MatchId="urn:oasis:names:tc:xacml:1.0:function:${type}-equal"><AttributeValue DataType="${xs}${type}">${value}</AttributeValue><AttributeDesignator Category="${subjectCategory}" AttributeId="${attributeId}" ${issuer} DataType="${xs}${type}" MustBePresent="false"/></Match>`
    const target = (match: string) => anyOf(allOf(isResource(id))) + anyOf(allOf(match))
    const rules =
      rule('on-the-day', 'Permit', target(holds('urn:test:day', 'date', '2026-05-17'))) +
      rule('by-issuer', 'Permit', target(holds('urn:test:role', 'string', 'boss', 'Issuer="urn:good"')))
    await makeResource(gateway, cast.owner, id, { policy: policyText(id, { rules, obligations: '' }) })
    const decision = async (more: object): Promise<string> => {
      const request = requestOf(sender, 'read', id)
      request.Request.AccessSubject[0]!.Attribute.push(more as never)
      return (await ask(request)).json.response[0].decision
    }
    for (let round = 0; round < 2; round++) {
      expect(await decision(attribute('urn:test:day', '2026-05-17', { DataType: `${xs}date` }))).toBe('Permit')
      expect(await decision(attribute('urn:test:day', '2026-05-18', { DataType: `${xs}date` }))).toBe('NotApplicable')
      expect(await decision(attribute('urn:test:day', '2026-05-17'))).toBe('NotApplicable')
      expect(await decision(attribute('urn:test:role', 'boss', { Issuer: 'urn:good' }))).toBe('Permit')
      expect(await decision(attribute('urn:test:role', 'boss', { Issuer: 'urn:evil' }))).toBe('NotApplicable')
      expect(await decision(attribute('urn:test:role', 'boss'))).toBe('NotApplicable')
    }
  })

  test('access lists guard here too, and nobody states its own membership', async () => {
    const id = 'asked-lists'
    await makeResource(gateway, cast.owner, id, { document: { accessListMode: 'Enabled' } })
    const list = `${paths.lists}/digdir/asked`
    const put = (path: string, json: unknown) => gateway.call('PUT', path, { token: cast.owner, json })
    await put(list, { name: 'Asked' })
    await put(`${list}/resource-connections/${id}`, {})
    const party = (more: readonly object[] = []) => ({
      Resource: [{ Attribute: [attribute('urn:altinn:resource', id), attribute(organisationId, recipient), ...more] }],
    })
    const decision = async (more: object): Promise<string> =>
      (await ask(requestOf(recipient, 'read', id, more))).json.response[0].decision
    expect(await decision(party())).toBe('Deny')
    expect(await decision(party([attribute('urn:portvakt:party:access-list', 'digdir:asked')]))).toBe('Deny')
    expect(await decision(party([attribute('urn:portvakt:access-list-mode', 'Disabled')]))).toBe('Deny')
    await put(`${list}/members`, { data: [`${organisationId}:${recipient}`] })
    expect(await decision(party())).toBe('Permit')
    await put(`${list}/members`, { data: [] })
    expect(await decision(party())).toBe('Deny')
  })
})

describe('who may ask', () => {
  test('nobody without a token, nobody without the scope, and no other owner', async () => {
    expect((await ask(requestOf(recipient, 'read'), null)).status).toBe(401)
    const without = await gateway.token(organisations.owner, 'altinn:authorization/authorizer altinn:serviceowner')
    expect((await ask(requestOf(recipient, 'read'), without)).status).toBe(403)
    const other = await gateway.token(stranger, 'altinn:authorization/authorize')
    expect(await ask(requestOf(recipient, 'read'), other)).toMatchObject({ status: 401, json: { code: 'BRO-00006' } })
    const administrator = await gateway.token(stranger, 'altinn:authorization/authorize.admin')
    expect((await ask(requestOf(recipient, 'read'), administrator)).json.response[0].decision).toBe('Permit')
  })

  test('about two resources: both must be one’s own', async () => {
    const other = await gateway.token(
      stranger,
      'altinn:authorization/authorize altinn:resourceregistry/resource.write altinn:serviceowner',
    )
    await gateway.call('POST', paths.serviceOwner, { token: other, json: { name: 'Other', organisationCode: 'other' } })
    const authority = { organization: stranger, orgcode: 'other', name: { en: 'Other', nb: 'Other', nn: 'Other' } }
    const document = {
      ...(await import('../support/gateway.ts')).resourceDocument('asked-other'),
      hasCompetentAuthority: authority,
    }
    expect((await gateway.call('POST', paths.resources, { token: other, json: document })).status).toBe(201)
    const about = (...ids: string[]) => ({
      Request: {
        AccessSubject: [{ Attribute: [attribute(organisationId, recipient)] }],
        Action: [{ Attribute: [attribute(actionId, 'read')] }],
        Resource: ids.map((id) => ({ Attribute: [attribute('urn:altinn:resource', id)] })),
      },
    })
    expect((await ask(about('asked-other'), other)).status).toBe(200)
    expect((await ask(about('asked-other', resource), other)).status).toBe(401)
    expect((await ask(about(resource, 'asked-other'), other)).status).toBe(401)
    // two values of one attribute name no resource: nothing is decided about either
    const doubled = {
      Request: {
        ...about('asked-other').Request,
        Resource: [{ Attribute: [attribute('urn:altinn:resource', ['asked-other', resource])] }],
      },
    }
    const answered = await ask(doubled, other)
    if (answered.status === 200) expect(answered.json.response[0].decision).not.toBe('Permit')
    const prefixed = await ask(about(`urn:altinn:resource:${resource}`), other)
    expect(prefixed.status).not.toBe(200)
  })
})

describe('requests that are none', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
  const cases: readonly (readonly [name: string, body: string | Uint8Array, status: 400 | 413])[] = [
    ['nothing', '', 400],
    ['no JSON', '{"Request":', 400],
    ['no request', '{}', 400],
    ['null', 'null', 400],
    ['a list', '[]', 400],
    ['a request that is text', '{"Request":"x"}', 400],
    ['very deep', `{"Request":{"AccessSubject":${deep(20_000)}}}`, 400],
    ['__proto__ for a request', '{"__proto__":{"Request":{}}}', 400],
    [
      'invalid UTF-8',
      Buffer.concat([
        Buffer.from('{"Request":{"AccessSubject":[{"Attribute":[{"AttributeId":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('","Value":"x"}]}]}}'),
      ]),
      400,
    ],
    ['a duplicate member', '{"Request":{},"Request":{"Action":[]}}', 400],
    [
      'an unknown data type',
      JSON.stringify({
        Request: { AccessSubject: [{ Attribute: [attribute('a', 'x', { DataType: 'urn:no:such:type' })] }] },
      }),
      400,
    ],
    [
      'a value that is not of its type',
      JSON.stringify({ Request: { AccessSubject: [{ Attribute: [attribute('a', 'x', { DataType: 'integer' })] }] } }),
      400,
    ],
    [
      'a reference to nothing',
      JSON.stringify({
        Request: {
          ...requestOf(sender, 'read').Request,
          MultiRequests: { RequestReference: [{ ReferenceId: ['nothing'] }] },
        },
      }),
      400,
    ],
    ['too large', `{"Request":{"x":"${'x'.repeat(1_100_000)}"}}`, 413],
  ]
  test.each(cases)('%s', async (_name, body, status) => {
    const answered = await gateway.call('POST', paths.authorize, {
      token: cast.owner,
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(answered.status, answered.text.slice(0, 500)).toBe(status)
  })

  test.each([
    ['NUL', 'a\0b'],
    ['half a surrogate pair', '\ud800'],
    ['a long one', 'x'.repeat(200_000)],
  ])('a strange value is a value: %s', async (_name, value) => {
    const answered = await ask(requestOf(value, 'read'))
    expect([200, 400], answered.text).toContain(answered.status)
    if (answered.status === 200) expect(answered.json.response[0].decision).toBe('NotApplicable')
  })

  test('__proto__ and constructor are names like any others', async () => {
    const members = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"Attribute":['
    const attributes =
      '{"Attribute":[{"AttributeId":"__proto__","Value":"x"},{"AttributeId":"constructor","Value":"x"},'
    for (const [start, status] of [
      [members, 400],
      [attributes, 200],
    ] as const) {
      const text = JSON.stringify(requestOf(recipient, 'read')).replace('{"Attribute":[', start)
      const answered = await gateway.call('POST', paths.authorize, { token: cast.owner, json: text })
      expect(answered.status, answered.text).toBe(status)
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    }
  })

  test('wrong media types', async () => {
    const answered = await gateway.call('POST', paths.authorize, {
      token: cast.owner,
      body: '{}',
      headers: { 'content-type': 'application/xml' },
    })
    expect(answered).toMatchObject({ status: 415, json: { code: 'PVK-00008' } })
  })
})

test('what was asked is on record, with the answer', async () => {
  const id = 'asked-recorded'
  await makeResource(gateway, cast.owner, id)
  await ask(requestOf(recipient, 'read', id))
  await ask(requestOf(recipient, 'write', id))
  const { json } = await gateway.call('GET', `${paths.decisions}?resource=${id}&operation=authorize`, {
    token: cast.owner,
  })
  expect(json.data).toHaveLength(2)
  for (const [index, decision] of ['NotApplicable', 'Permit'].entries()) {
    const one = await gateway.call('GET', `${paths.decisions}/${json.data[index].id}`, { token: cast.owner })
    expect(one.json.decision).toBe('Permit')
    expect(JSON.stringify(one.json)).toContain(recipient)
    expect(JSON.stringify(one.json)).toContain(decision)
  }
})

test('a policy that is replaced answers at once', async () => {
  const id = 'asked-replaced'
  await makeResource(gateway, cast.owner, id)
  for (let round = 0; round < 5; round++) {
    expect((await ask(requestOf(recipient, 'read', id))).json.response[0].decision).toBe('Permit')
    await putPolicy(gateway, cast.owner, id, policyText(id, { allow: [{ organisation: sender, actions: ['read'] }] }))
    expect((await ask(requestOf(recipient, 'read', id))).json.response[0].decision).toBe('NotApplicable')
    await putPolicy(gateway, cast.owner, id, policyText(id, { allow: usualAllowances }))
  }
})

test('the categories of the profile and those in full are the same', async () => {
  const shorthand = requestOf(recipient, 'read')
  const full = {
    Request: {
      Category: [
        { CategoryId: subjectCategory, Attribute: [attribute(organisationId, recipient)] },
        { CategoryId: actionCategory, Attribute: [attribute(actionId, 'read')] },
        { CategoryId: resourceCategory, Attribute: [attribute('urn:altinn:resource', resource)] },
      ],
    },
  }
  const decisions = await Promise.all(
    [shorthand, full].map(async (request) => (await ask(request)).json.response[0].decision),
  )
  expect(decisions).toEqual(['Permit', 'Permit'])
})

test('what clients in the field send: members that are null, and names in any case (1.2)', async () => {
  const nulls = { CategoryId: null, Id: null, Content: null }
  const one = (AttributeId: string, Value: string) => ({
    ...nulls,
    Attribute: [{ AttributeId, Value, Issuer: null, DataType: 'string', IncludeInResult: false }],
  })
  const request = {
    ReturnPolicyIdList: false,
    CombinedDecision: false,
    XPathVersion: null,
    Category: null,
    Resource: [one('urn:altinn:resource', resource)],
    Action: [one(actionId, 'read')],
    AccessSubject: [one(organisationId, recipient)],
    RecipientSubject: null,
    IntermediarySubject: null,
    RequestingMachine: null,
    MultiRequests: null,
  }
  const withNulls = await ask({ Request: request })
  expect(withNulls.status, withNulls.text).toBe(200)
  expect(withNulls.json.response[0].decision).toBe('Permit')
  const lowered = JSON.parse(JSON.stringify(requestOf(recipient, 'read')), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, member]) => [name[0]!.toLowerCase() + name.slice(1), member]),
        )
      : value,
  )
  const inCamelCase = await ask(lowered)
  expect(inCamelCase.status, inCamelCase.text).toBe(200)
  expect(inCamelCase.json.response[0].decision).toBe('Permit')
})
