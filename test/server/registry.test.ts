/** The registries: service owners, resources and their policies, access lists, systems and system users, and who may touch them. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  allOf,
  anyOf,
  initialisation,
  initialise,
  isAction,
  isResource,
  isSubject,
  makeResource,
  mintCast,
  organisationId,
  organisations,
  paths,
  policyForm,
  policyText,
  putPolicy,
  registerOwner,
  resourceDocument,
  rule,
  scopes,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'

const gateway = withGateway()
const { owner, sender, recipient, stranger, vendor } = organisations
let cast: Awaited<ReturnType<typeof mintCast>>
/** Another service owner, with every scope that the first has. */
let rival: string

const authorityOf = (organization: string, orgcode: string) => ({
  organization,
  orgcode,
  name: { en: orgcode, nb: orgcode, nn: orgcode },
})

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
  rival = await gateway.token(stranger, scopes.owner)
  await registerOwner(gateway, rival, 'rival')
})

describe('service owners (8.16)', () => {
  test('registered once, and read by itself', async () => {
    const read = await gateway.call('GET', paths.serviceOwner, { token: cast.owner })
    expect(read).toMatchObject({ status: 200, json: { name: 'Testdirektoratet', organisationCode: 'digdir' } })
    expect(read.json.storageProviders.map(({ type }: { type: string }) => type)).toEqual([
      'AltinnAzure',
      'AltinnAzureWithoutVirusScan',
    ])
    const again = await gateway.call('POST', paths.serviceOwner, {
      token: cast.owner,
      json: { Name: 'x', deletionTime: 1 },
    })
    expect(again).toMatchObject({ status: 409, json: { code: 'BRO-07002' } })
    const unknown = await gateway.token(sender, scopes.owner)
    expect(await gateway.call('GET', paths.serviceOwner, { token: unknown })).toMatchObject({
      status: 404,
      json: { code: 'BRO-07004' },
    })
    const taken = await gateway.call('POST', paths.serviceOwner, {
      token: unknown,
      json: { name: 'x', organisationCode: 'digdir' },
    })
    expect(taken).toMatchObject({ status: 409, json: { code: 'BRO-07002' } })
    expect((await gateway.call('POST', paths.serviceOwner, { token: cast.sender, json: { name: 'x' } })).status).toBe(
      403,
    )
    expect((await gateway.call('POST', paths.serviceOwner, { json: { name: 'x' } })).status).toBe(401)
  })
})

describe('resources (2)', () => {
  const id = 'registered-resource'
  const path = `${paths.resources}/${id}`

  test('created, read by anyone, changed and deleted under the version that was read', async () => {
    const created = await gateway.call('POST', paths.resources, { token: cast.owner, json: resourceDocument(id) })
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(path)
    const etag = created.headers.get('etag')!
    expect(etag).toMatch(/^(W\/)?".+"$/)
    expect(
      (await gateway.call('POST', paths.resources, { token: cast.owner, json: resourceDocument(id) })).json.code,
    ).toBe('PVK-00013')
    const read = await gateway.call('GET', path)
    expect(read).toMatchObject({ status: 200, json: { identifier: id, accessListMode: 'Disabled' } })
    expect(read.headers.get('etag')).toBe(etag)

    const put = (json: unknown, headers: Readonly<Record<string, string>> = {}) =>
      gateway.call('PUT', path, { token: cast.owner, json, headers })
    const changed = await put(resourceDocument(id, { homepage: 'https://example.no' }), { 'if-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
    expect(await put(resourceDocument(id), { 'if-match': etag })).toMatchObject({
      status: 412,
      json: { code: 'PVK-00015' },
    })
    expect(await put(resourceDocument(id), { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      json: { code: 'PVK-00015' },
    })
    expect(await put(resourceDocument(id), { 'if-match': 'garbage' })).toMatchObject({
      status: 400,
      json: { code: 'PVK-00001' },
    })
    expect((await put(resourceDocument('another-id'))).status).toBe(400)
    expect((await put({ ...resourceDocument(id), title: 'x' })).status).toBe(400)
    expect((await gateway.call('GET', path)).json.homepage).toBe('https://example.no')

    const remove = (headers: Readonly<Record<string, string>> = {}) =>
      gateway.call('DELETE', path, { token: cast.owner, headers })
    expect((await remove({ 'if-match': etag })).status).toBe(412)
    expect((await remove()).status).toBe(204)
    expect((await gateway.call('GET', path)).json.code).toBe('PVK-00014')
    expect((await remove()).status).toBe(404)
    expect(
      (await gateway.call('POST', paths.resources, { token: cast.owner, json: resourceDocument(id) })).status,
    ).toBe(409)
  })

  test.each([
    ['capitals', { identifier: 'Capitals' }],
    ['three characters', { identifier: 'abc' }],
    ['no title in nn', { title: { en: 'x', nb: 'x' } }],
    ['no owner', { hasCompetentAuthority: { orgcode: 'digdir' } }],
    ['type Default', { resourceType: 'Default' }],
    ['a type that is none', { resourceType: 'Nothing' }],
    ['a mode that is none', { accessListMode: 'Sometimes' }],
    ['an identifier that is no text', { identifier: { a: 1 } }],
    ['an app without its reference', { identifier: 'app_digdir_x', resourceType: 'AltinnApp' }],
  ])('refuses %s', async (_name, more) => {
    const answered = await gateway.call('POST', paths.resources, {
      token: cast.owner,
      json: resourceDocument('fine-resource', more),
    })
    expect(answered).toMatchObject({ status: 400, json: { code: 'PVK-00001', errors: expect.anything() } })
  })

  // the second is one that the policy of the resource lets write and read
  test.each([
    ['coveted-resource', stranger],
    ['coveted-by-sender', sender],
  ])('nobody takes over what belongs to another (2.4): %s', async (mine, rivalOrganisation) => {
    const rival = await gateway.token(rivalOrganisation, scopes.owner)
    await makeResource(gateway, cast.owner, mine)
    const before = await gateway.call('GET', `${paths.resources}/${mine}`)
    const stolen = resourceDocument(mine, { hasCompetentAuthority: authorityOf(stranger, 'rival') })
    const attempts: readonly (readonly [string, string, object])[] = [
      ['POST', paths.resources, { json: stolen }],
      ['PUT', `${paths.resources}/${mine}`, { json: stolen }],
      ['PUT', `${paths.resources}/${mine}`, { json: resourceDocument(mine) }],
      ['DELETE', `${paths.resources}/${mine}`, {}],
      ['POST', `${paths.resources}/${mine}/policy`, { body: policyForm(policyText(mine, {})) }],
      ['PUT', `${paths.resources}/${mine}/policy`, { body: policyForm(policyText(mine, {})) }],
      ['PUT', `${paths.brokerResource}/${mine}`, { json: { maxFileTransferSize: 1 } }],
      ['GET', `${paths.brokerResource}/${mine}`, {}],
      ['GET', `${paths.decisions}?resource=${mine}`, {}],
      ['GET', paths.decisions, {}],
    ]
    for (const [method, path, options] of attempts) {
      const answered = await gateway.call(method, path, { token: rival, ...options })
      expect([401, 409], `${method} ${path}: ${answered.status}`).toContain(answered.status)
    }
    // nor does the owner give it away to who never asked
    const given = await gateway.call('PUT', `${paths.resources}/${mine}`, { token: cast.owner, json: stolen })
    expect([400, 403]).toContain(given.status)
    const asOther = resourceDocument('fine-resource', { hasCompetentAuthority: authorityOf(owner, 'digdir') })
    expect((await gateway.call('POST', paths.resources, { token: rival, json: asOther })).status).toBe(401)
    expect((await gateway.call('GET', `${paths.resources}/${mine}`)).text).toBe(before.text)
  })

  test('a policy that denies everything does not shut its owner out', async () => {
    const id = 'denying-resource'
    await makeResource(gateway, cast.owner, id, {
      policy: policyText(id, { rules: rule('nobody', 'Deny', anyOf(allOf(isResource(id)))) }),
    })
    expect((await gateway.call('POST', paths.transfers, { token: cast.sender, json: initialisation(id) })).status).toBe(
      401,
    )
    expect((await gateway.call('GET', `${paths.resources}/${id}/policy`)).status).toBe(200)
    await putPolicy(gateway, cast.owner, id, policyText(id, { allow: usualAllowances }))
    await initialise(gateway, cast.sender, id)
  })

  test('scopes are compared whole', async () => {
    const near = [
      'altinn:resourceregistry/resource.writer',
      'xaltinn:resourceregistry/resource.write',
      'ALTINN:RESOURCEREGISTRY/RESOURCE.WRITE',
      'altinn:resourceregistry/resource.write.x',
      'altinn:resourceregistry/resource',
      'altinn:resourceregistry/resource.write,altinn:serviceowner',
    ]
    for (const scope of near) {
      const token = await gateway.token(owner, scope)
      const answered = await gateway.call('POST', paths.resources, { token, json: resourceDocument('fine-resource') })
      expect(answered.status, scope).toBe(403)
    }
  })
})

describe('policies (2.5)', () => {
  const id = 'policy-resource'
  const path = `${paths.resources}/${id}/policy`
  beforeAll(() => makeResource(gateway, cast.owner, id))

  test.each(['POST', 'PUT'])('%s stores a policy and gives it back byte for byte', async (method) => {
    const text = policyText(id, { allow: usualAllowances, rules: `<!-- ${method} æøå -->` })
    const uploaded = await gateway.call(method, path, { token: cast.owner, body: policyForm(text) })
    expect(uploaded.status, uploaded.text).toBe(201)
    expect(uploaded.headers.get('location')).toBe(path)
    const read = await gateway.call('GET', path)
    expect(read.text).toBe(text)
    expect(read.headers.get('content-type')).toMatch(/^text\/xml/)
    expect(read.headers.get('etag')).toBe(uploaded.headers.get('etag'))
  })

  test('under the version that was read', async () => {
    const etag = (await gateway.call('GET', path)).headers.get('etag')!
    const put = (headers: Readonly<Record<string, string>>) =>
      gateway.call('PUT', path, {
        token: cast.owner,
        body: policyForm(policyText(id, { allow: usualAllowances })),
        headers,
      })
    expect((await put({ 'if-match': etag })).status).toBe(201)
    expect((await put({ 'if-match': etag })).status).toBe(412)
  })

  const namespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
  const good = (more: Parameters<typeof policyText>[1] = {}): string =>
    policyText(id, { allow: usualAllowances, ...more })
  const refused: readonly (readonly [name: string, text: string | Uint8Array, line?: number])[] = [
    ['nothing', ''],
    ['no XML', 'hello'],
    ['an end that is missing', good().replace('</Policy>', '')],
    ['two roots', good() + good().replace(/^<\?xml.*\?>\n/, '')],
    ['text after the root', `${good()} text`],
    ['another namespace', good().replace(namespace, 'urn:oasis:names:tc:xacml:2.0:policy:schema:os')],
    ['no namespace', good().replace(` xmlns="${namespace}"`, '')],
    ['an entity', good().replace('?>', '?><!DOCTYPE Policy [<!ENTITY x "y">]>').replace('</Policy>', '&x;</Policy>')],
    ['a file as an entity', good().replace('?>', '?><!DOCTYPE Policy [<!ENTITY x SYSTEM "file:///etc/passwd">]>')],
    ['a billion laughs', good().replace('?>', '?><!DOCTYPE Policy [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>')],
    ['an unknown entity', good().replace('</Policy>', '&nbsp;</Policy>')],
    [
      '100,000 nested elements',
      `<Policy xmlns="${namespace}">${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</Policy>`,
    ],
    [
      '100,000 attributes',
      `<Policy xmlns="${namespace}" ${Array.from({ length: 100_000 }, (_, index) => `a${index}=""`).join(' ')}/>`,
    ],
    ['one attribute twice', good().replace('Version="1.0" Rule', 'Version="1.0" Version="1.1" Rule')],
    [
      'a policy set',
      `<PolicySet xmlns="${namespace}" PolicySetId="x" Version="1.0" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides"><Target/></PolicySet>`,
    ],
    ['text among elements', good().replace('<Target/>', 'text<Target/>')],
    [
      'a rule about another resource',
      good({
        rules: rule('other', 'Permit', anyOf(allOf(isSubject(organisationId, sender)))).replace(
          '</Target>',
          `${anyOf(allOf(isAction('read')))}<AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">other-resource</AttributeValue><AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" AttributeId="urn:altinn:resource" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf></AnyOf></Target>`,
        ),
      }),
      7,
    ],
    ['an unknown function', good().replaceAll('1.0:function:string-equal', '1.0:function:string-equals'), 4],
    [
      'an unknown combining algorithm',
      good().replace('rule-combining-algorithm:deny-overrides', 'rule-combining-algorithm:deny-override'),
      2,
    ],
    [
      'an obligation of ours',
      good({
        obligations:
          '<ObligationExpressions><ObligationExpression FulfillOn="Permit" ObligationId="urn:portvakt:obligation:refusal"/></ObligationExpressions>',
      }),
      8,
    ],
    ['an effect that is none', good().replace('Effect="Permit"', 'Effect="Allow"'), 4],
    ['UTF-16 that says UTF-8', Buffer.from(good(), 'utf16le')],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from(good()), Buffer.from([0xff])])],
    ['NUL', good().replace('<Target/>', '<!-- \0 --><Target/>')],
    ['a number for NUL', good().replace('<Target/>', '<Description>&#0;</Description><Target/>')],
  ]
  test.each(refused)('refuses %s, and nothing changes', async (...given) => {
    const [, text, line] = given as unknown as (typeof refused)[number]
    const before = await gateway.call('GET', path)
    for (const method of ['POST', 'PUT']) {
      const answered = await gateway.call(method, path, { token: cast.owner, body: policyForm(text) })
      expect(answered.status, answered.text).toBe(400)
      expect(['PVK-00016', 'PVK-00001']).toContain(answered.json.code)
      const messages: readonly string[] = answered.json.errors.policyFile
      expect(messages.length).toBeGreaterThan(0)
      expect(answered.text.length).toBeLessThan(100_000)
      if (answered.json.code === 'PVK-00016' && text.length > 0)
        expect(messages[0]).toMatch(/^line \d+, column \d+: .+ \([A-Z0-9-]+\)$/)
      if (line !== undefined) expect(messages[0]).toMatch(new RegExp(`^line ${line}, column \\d+: `))
    }
    const after = await gateway.call('GET', path)
    expect(after.text).toBe(before.text)
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
    await initialise(gateway, cast.sender, id)
  })

  test('refuses forms that hold no policy, or two', async () => {
    const two = policyForm(good())
    two.append('policyFile', new Blob([good()]), 'again.xml')
    const other = new FormData()
    other.set('file', new Blob([good()]), 'policy.xml')
    for (const body of [two, other, new FormData()]) {
      expect(await gateway.call('PUT', path, { token: cast.owner, body })).toMatchObject({
        status: 400,
        json: { code: 'PVK-00001' },
      })
    }
    expect(
      (await gateway.call('PUT', path, { token: cast.owner, body: good(), headers: { 'content-type': 'text/xml' } }))
        .status,
    ).toBe(415)
    const broken = { 'content-type': 'multipart/form-data; boundary=x' }
    expect(
      (await gateway.call('PUT', path, { token: cast.owner, body: '--x\r\nnothing', headers: broken })).status,
    ).toBe(400)
    expect(
      (
        await gateway.call('PUT', path, {
          token: cast.owner,
          body: good(),
          headers: { 'content-type': 'multipart/form-data' },
        })
      ).status,
    ).toBeGreaterThanOrEqual(400)
    const large = policyForm(good({ rules: `<!--${'x'.repeat(1_200_000)}-->` }))
    expect((await gateway.call('PUT', path, { token: cast.owner, body: large })).status).toBe(413)
  })

  test('one for a resource that is not there is not stored', async () => {
    const answered = await gateway.call('PUT', `${paths.resources}/nothing-here/policy`, {
      token: cast.owner,
      body: policyForm(policyText('nothing-here', {})),
    })
    expect(answered).toMatchObject({ status: 404, json: { code: 'PVK-00014' } })
  })
})

describe('file transfer settings (1.12)', () => {
  const id = 'configured-resource'
  const path = `${paths.brokerResource}/${id}`
  const put = (json: unknown, token = cast.owner) => gateway.call('PUT', path, { token, json })
  beforeAll(() => makeResource(gateway, cast.owner, id, { settings: null }))

  test('partial, with numbers as text, and durations as they were given', async () => {
    expect(await gateway.call('GET', path, { token: cast.owner })).toMatchObject({
      status: 400,
      json: { code: 'BRO-00025' },
    })
    expect(
      (await put({ MaxFileTransferSize: '1112391230', fileTransferTimeToLive: 'P30D', resourceId: 'ignored' })).status,
    ).toBe(204)
    expect((await put({ purgeFileTransferGracePeriod: 'PT12H' })).status).toBe(204)
    expect((await gateway.call('GET', path, { token: cast.owner })).json).toMatchObject({
      maxFileTransferSize: 1_112_391_230,
      fileTransferTimeToLive: 'P30D',
      purgeFileTransferGracePeriod: 'PT12H',
    })
  })

  test.each([
    [{ maxFileTransferSize: -1 }, 'BRO-00011'],
    [{ maxFileTransferSize: 0 }, 'BRO-00012'],
    [{ maxFileTransferSize: 50_000_000_001 }, 'BRO-00013'],
    [{ maxFileTransferSize: 1_677_721_600_001 }, 'BRO-00013'],
    [{ fileTransferTimeToLive: '30 days' }, 'BRO-00014'],
    [{ fileTransferTimeToLive: 'P366D' }, 'BRO-00015'],
    [{ purgeFileTransferGracePeriod: 'soon' }, 'BRO-00017'],
    [{ purgeFileTransferGracePeriod: 'PT25H' }, 'BRO-00018'],
  ])('refuses %j with %s', async (settings, code) => {
    const answered = await put(settings)
    expect(answered.status).toBe(400)
    expect(answered.json.code === 'BRO-00022' ? 'BRO-00013' : answered.json.code).toBe(code)
  })

  test('of what is not in the registry: 403; of another: 401', async () => {
    const unknown = await gateway.call('PUT', `${paths.brokerResource}/unknown-resource`, {
      token: cast.owner,
      json: {},
    })
    expect(unknown).toMatchObject({ status: 403, json: { code: 'BRO-00005' } })
    expect(await put({}, rival)).toMatchObject({ status: 401, json: { code: 'BRO-00006' } })
  })
})

describe('access lists (3)', () => {
  const list = `${paths.lists}/digdir/partners`
  const call = (
    method: string,
    more = '',
    json?: unknown,
    headers: Readonly<Record<string, string>> = {},
    token = cast.owner,
  ) => gateway.call(method, list + more, { token, ...(json === undefined ? {} : { json }), headers })
  const member = (organisation: string) => `${organisationId}:${organisation}`

  test('made, read, guarded by versions, and deleted', async () => {
    expect((await call('GET')).json.code).toBe('PVK-00014')
    expect((await call('PUT', '', { name: 'Partners' }, { 'if-match': '*' })).status).toBe(412)
    const made = await call('PUT', '', { name: 'Partners', description: 'Ours' }, { 'if-none-match': '*' })
    expect(made).toMatchObject({
      status: 200,
      json: { urn: 'urn:altinn:access-list:digdir:partners', name: 'Partners' },
    })
    const etag = made.headers.get('etag')!
    expect((await call('GET', '', undefined, { 'if-none-match': etag })).status).toBe(304)
    expect((await call('GET', '', undefined, { 'if-match': 'W/"b3RoZXI"' })).status).toBe(412)
    expect((await call('PUT', '', { name: 'Friends' }, { 'if-none-match': '*' })).status).toBe(412)
    expect((await call('PUT', '/members', { data: [member(sender)] }, { 'if-match': etag })).status).toBe(200)
    expect((await call('PUT', '/members', { data: [] }, { 'if-match': etag })).status).toBe(412)
    expect((await call('GET', '/members')).json.data).toEqual([
      expect.objectContaining({ identifiers: expect.objectContaining({ [organisationId]: sender }) }),
    ])
    expect((await gateway.call('GET', `${paths.lists}/digdir`, { token: cast.owner })).json.data).toHaveLength(1)
    expect((await call('DELETE')).status).toBe(200)
    expect((await call('DELETE')).status).toBe(204)
  })

  test('members: nothing is changed when one is wrong, and no more than 100 at once', async () => {
    await call('PUT', '', { name: 'Partners' })
    await call('PUT', '/members', { data: [member(sender)] })
    for (const data of [
      [member(recipient), 'nonsense'],
      [member('12')],
      [1],
      'x',
      [member(recipient), 'urn:altinn:party:uuid:00000000-0000-0000-0000-000000000000'],
    ]) {
      const answered = await call('POST', '/members', { data })
      expect(answered.status, JSON.stringify(data)).toBe(400)
    }
    const many = Array.from({ length: 101 }, (_, index) => member(String(800_000_000 + index)))
    expect((await call('POST', '/members', { data: many })).status).toBe(400)
    expect((await call('GET', '/members')).json.data).toHaveLength(1)
    expect((await call('POST', '/members', { data: many.slice(1) })).status).toBe(200)
    const first = await call('GET', '/members')
    expect(first.json.data).toHaveLength(100)
    const second = await gateway.call('GET', first.json.links.next, { token: cast.owner })
    expect(second.json.data).toHaveLength(1)
    expect(second.json.links.next).toBeNull()
  })

  test('no other owner, and no one without the scope, comes near', async () => {
    await call('PUT', '', { name: 'Partners' })
    await makeResource(gateway, cast.owner, 'connected-resource')
    await registerOwner(gateway, rival, 'rival')
    const own = `${paths.lists}/rival/own`
    expect((await gateway.call('PUT', own, { token: rival, json: { name: 'Own' } })).status).toBe(200)
    // connecting a list of one's own to the resource of another would let anyone onto it
    const connected = await gateway.call('PUT', `${own}/resource-connections/connected-resource`, {
      token: rival,
      json: {},
    })
    expect(connected).toMatchObject({ status: 403, json: { code: 'PVK-00017' } })
    for (const [method, more, json] of [
      ['GET', '', undefined],
      ['PUT', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['POST', '/members', { data: [] }],
      ['GET', '/members', undefined],
    ] as const) {
      expect((await call(method, more, json, {}, rival)).status, `${method} ${more}`).toBe(401)
    }
    const reader = await gateway.token(owner, 'altinn:resourceregistry/accesslist.read')
    expect((await call('GET', '', undefined, {}, reader)).status).toBe(200)
    expect((await call('PUT', '', { name: 'x' }, {}, reader)).status).toBe(403)
    expect((await call('GET', '', undefined, {}, cast.sender)).status).toBe(403)
    expect((await gateway.call('GET', `${paths.lists}/nobody/x`, { token: cast.owner })).status).toBe(404)
  })
})

describe('systems and system users (4)', () => {
  const resource = 'system-user-resource'
  const system = `${vendor}_filebot`
  const right = (action: string, id = resource) => ({ action, resource: [{ id: 'urn:altinn:resource', value: id }] })
  const registration = {
    id: system,
    vendor: { ID: `0192:${vendor}` },
    name: { nb: 'Filrobot', nn: 'Filrobot', en: 'File bot' },
    rights: [right('write')],
  }
  let vendorToken: string
  let partyToken: string
  beforeAll(async () => {
    vendorToken = await gateway.token(
      vendor,
      'altinn:authentication/systemregister.write altinn:authentication/systemuser.write',
    )
    partyToken = await gateway.token(stranger, 'altinn:authentication/systemuser.write')
    await makeResource(gateway, cast.owner, resource)
  })

  test('a vendor registers its own systems alone', async () => {
    const register = (json: object, token: string) => gateway.call('POST', paths.systems, { token, json })
    const other = await gateway.token(stranger, 'altinn:authentication/systemregister.write')
    expect((await register(registration, other)).status).toBe(401)
    expect((await register({ ...registration, id: 'filebot' }, vendorToken)).status).toBe(400)
    expect((await register({ ...registration, id: `${stranger}_filebot` }, vendorToken)).status).toBe(400)
    expect((await register(registration, vendorToken)).status).toBe(200)
    expect((await register(registration, vendorToken)).status).toBe(409)
    expect((await gateway.call('PUT', `${paths.systems}/${system}`, { token: other, json: registration })).status).toBe(
      401,
    )
    expect((await gateway.call('DELETE', `${paths.systems}/${system}`, { token: other })).status).toBe(401)
  })

  test('the party gives rights, the vendor never does, and what is taken back is gone at once', async () => {
    const users = `${paths.users}/${stranger}`
    expect((await gateway.call('POST', users, { token: vendorToken, json: { systemId: system } })).status).toBe(401)
    // what it gives rights to, and which it asks for, the party can see before
    const seen = await gateway.call('GET', `${paths.systems}/${system}`, { token: partyToken })
    expect(seen).toMatchObject({ status: 200, json: { id: system, rights: registration.rights } })
    const made = await gateway.call('POST', users, {
      token: partyToken,
      json: { systemId: system, integrationTitle: 'File bot' },
    })
    expect(made.status, made.text).toBe(201)
    const user = `${users}/${made.json.id}`
    const token = await gateway.token(stranger, scopes.both, { kind: 'system-user', vendor, systemUser: made.json.id })
    const send = async (from: string = stranger) =>
      (
        await gateway.call('POST', paths.transfers, {
          token,
          json: initialisation(resource, { sender: `0192:${from}` }),
        })
      ).status
    const rights = (method: string, by: string, given: readonly object[] = [right('write')]) =>
      gateway.call(method, `${user}/rights`, { token: by, json: { rights: given } })
    expect(await send()).toBe(401)
    expect((await rights('POST', vendorToken)).status).toBe(401)
    expect((await rights('POST', token)).status).toBe(403)
    const itself = await gateway.token(stranger, 'altinn:authentication/systemuser.write', {
      kind: 'system-user',
      vendor,
      systemUser: made.json.id,
    })
    expect((await rights('POST', itself)).status).toBe(401)
    // more than the system was registered for
    expect((await rights('POST', partyToken, [right('read')])).status).toBe(400)
    expect((await rights('POST', partyToken)).status).toBe(200)
    expect(await send()).toBe(200)
    expect(await send(sender)).toBe(401)
    // another vendor's token with the same system user, and another party's
    const otherParty = await gateway.token(sender, scopes.both, {
      kind: 'system-user',
      vendor,
      systemUser: made.json.id,
    })
    const stolen = await gateway.call('POST', paths.transfers, { token: otherParty, json: initialisation(resource) })
    expect(stolen.status).toBe(401)
    expect((await rights('DELETE', partyToken)).status).toBe(200)
    expect(await send()).toBe(401)
    expect((await rights('POST', partyToken)).status).toBe(200)
    expect(await send()).toBe(200)
    expect((await gateway.call('DELETE', user, { token: vendorToken })).status).toBe(401)
    expect((await gateway.call('DELETE', user, { token: partyToken })).status).toBe(200)
    expect(await send()).toBe(401)
  })

  test('a policy that names the organisation does not permit its machines; the authentication level binds rights too', async () => {
    const id = 'levelled-resource'
    await makeResource(gateway, cast.owner, id)
    const party = await gateway.token(sender, 'altinn:authentication/systemuser.write')
    await gateway.call('PUT', `${paths.systems}/${system}`, {
      token: vendorToken,
      json: { ...registration, rights: [right('write'), right('write', id)] },
    })
    const made = await gateway.call('POST', `${paths.users}/${sender}`, { token: party, json: { systemId: system } })
    const machine = (level: number) =>
      gateway.token(sender, scopes.write, { kind: 'system-user', vendor, systemUser: made.json.id, level })
    const send = async (level: number) =>
      (await gateway.call('POST', paths.transfers, { token: await machine(level), json: initialisation(id) })).status
    expect(await send(4)).toBe(401)
    const given = await gateway.call('POST', `${paths.users}/${sender}/${made.json.id}/rights`, {
      token: party,
      json: { rights: [right('write', id)] },
    })
    expect(given.status, given.text).toBe(200)
    expect(await send(2)).toBe(200)
    expect(await send(1)).toBe(401)
    await putPolicy(
      gateway,
      cast.owner,
      id,
      policyText(id, { allow: usualAllowances }).replace('integer">2<', 'integer">4<'),
    )
    expect(await send(3)).toBe(401)
    expect(await send(4)).toBe(200)
  })

  test('a deny of the resource’s policy binds system users too', async () => {
    const id = 'denied-resource'
    await makeResource(gateway, cast.owner, id)
    await gateway.call('PUT', `${paths.systems}/${system}`, {
      token: vendorToken,
      json: { ...registration, rights: [right('write', id)] },
    })
    const made = await gateway.call('POST', `${paths.users}/${stranger}`, {
      token: partyToken,
      json: { systemId: system, rights: [right('write', id)] },
    })
    expect(made.status, made.text).toBe(201)
    const token = await gateway.token(stranger, scopes.write, { kind: 'system-user', vendor, systemUser: made.json.id })
    const body = initialisation(id, { sender: `0192:${stranger}` })
    expect((await gateway.call('POST', paths.transfers, { token, json: body })).status).toBe(200)
    const deny = rule(
      'deny-machines',
      'Deny',
      anyOf(allOf(isSubject('urn:altinn:systemuser:uuid', made.json.id))),
    ).replace(
      '</Target>',
      `<AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">${id}</AttributeValue><AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" AttributeId="urn:altinn:resource" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf></AnyOf></Target>`,
    )
    await putPolicy(gateway, cast.owner, id, policyText(id, { allow: usualAllowances, rules: deny }))
    expect((await gateway.call('POST', paths.transfers, { token, json: body })).status).toBe(401)
  })
})
