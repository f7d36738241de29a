/** Every answered question has its row before the answer is seen, refusals too; and what came of it follows. */
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  actionId,
  type CallOptions,
  initialisation,
  initialise,
  makeResource,
  mintCast,
  octets,
  organisations,
  paths,
  policyForm,
  registerOwner,
  resourceDocument,
  scopes,
  uploadFile,
  withGateway,
} from '../support/gateway.ts'

const gateway = withGateway()
const resource = 'recorded-resource'
const nobody = '00000000-0000-0000-0000-000000000000'
let cast: Awaited<ReturnType<typeof mintCast>>
let auditor: string
let id: string

beforeAll(async () => {
  cast = await mintCast(gateway)
  auditor = await gateway.token(organisations.vendor, 'portvakt:decisions.read')
  await registerOwner(gateway, cast.owner)
  await makeResource(gateway, cast.owner, resource)
  id = await initialise(gateway, cast.sender, resource)
  await uploadFile(gateway, cast.sender, id, 'recorded')
})

/** Calls under a trace of its own, and reads what is on record of it at the moment the answer is there. */
async function traced(method: string, path: string, options: CallOptions = {}) {
  const trace = randomBytes(16).toString('hex')
  const headers = { ...options.headers, traceparent: `00-${trace}-00f067aa0ba902b7-01` }
  const answered = await gateway.call(method, path, { ...options, headers })
  const { sql } = gateway.database
  const rows = await sql<{ id: string; operation: string; decision: string; code: string | null }[]>`
    select id, operation, decision, code from portvakt.decision where trace = ${trace}`
  return { ...answered, rows }
}

interface Case {
  readonly name: string
  readonly method: string
  readonly path: () => string
  readonly options: () => CallOptions
  readonly row?: readonly [operation: string, decision: string, code: string | null]
  readonly outcome?: number
}

const transfer = (more = '') => `${paths.transfers}/${id}${more}`
const cases: readonly Case[] = [
  {
    name: 'a permit',
    method: 'GET',
    path: () => transfer(),
    options: () => ({ token: cast.sender }),
    row: ['overview', 'Permit', null],
    outcome: 200,
  },
  {
    name: 'a new transfer',
    method: 'POST',
    path: () => paths.transfers,
    options: () => ({ token: cast.sender, json: initialisation(resource) }),
    row: ['initialize', 'Permit', null],
    outcome: 200,
  },
  {
    name: 'a download',
    method: 'GET',
    path: () => transfer('/download'),
    options: () => ({ token: cast.recipient }),
    row: ['download', 'Permit', null],
    outcome: 200,
  },
  {
    name: 'a permit whose act is refused',
    method: 'POST',
    path: () => transfer('/upload'),
    options: () => ({ token: cast.sender, body: 'x', headers: octets }),
    row: ['upload', 'Permit', null],
    outcome: 409,
  },
  {
    name: 'a permit for a body that is wrong',
    method: 'POST',
    path: () => paths.transfers,
    options: () => ({ token: cast.sender, json: { resourceId: resource, sender: `0192:${organisations.sender}` } }),
    row: ['initialize', 'Permit', null],
    outcome: 400,
  },
  {
    name: 'a policy that is refused',
    method: 'PUT',
    path: () => `${paths.resources}/${resource}/policy`,
    options: () => ({ token: cast.owner, body: policyForm('<x/>') }),
    row: ['policy-upload', 'Permit', null],
    outcome: 400,
  },
  {
    name: 'a stranger',
    method: 'GET',
    path: () => transfer(),
    options: () => ({ token: cast.stranger }),
    row: ['overview', 'Deny', 'BRO-00006'],
  },
  {
    name: 'a missing scope',
    method: 'GET',
    path: () => transfer('/download'),
    options: () => ({ token: cast.sender }),
    row: ['download', 'Deny', 'PVK-00003'],
  },
  {
    name: 'an unknown transfer',
    method: 'GET',
    path: () => `${paths.transfers}/${nobody}`,
    options: () => ({ token: cast.sender }),
    row: ['overview', 'Deny', 'BRO-00001'],
  },
  {
    name: 'a low level',
    method: 'GET',
    path: () => transfer(),
    options: () => ({ token: low }),
    row: ['overview', 'Permit', 'BRO-00006'],
  },
  { name: 'no token', method: 'GET', path: () => transfer(), options: () => ({}) },
  { name: 'a token that is none', method: 'GET', path: () => transfer(), options: () => ({ token: 'x' }) },
  {
    name: 'a media type that nobody makes',
    method: 'GET',
    path: () => transfer(),
    options: () => ({ token: cast.sender, headers: { accept: 'text/html' } }),
  },
  { name: 'no address', method: 'GET', path: () => '/nothing', options: () => ({ token: cast.sender }) },
]
let low: string
beforeAll(async () => {
  low = await gateway.token(organisations.sender, scopes.write, { level: 1 })
})

test.each(cases)('$name', async ({ method, path, options, row, outcome }) => {
  const { status, rows } = await traced(method, path(), options())
  if (row === undefined) {
    expect(rows).toEqual([])
    return
  }
  const [operation, decision, code] = row
  expect(rows).toEqual([{ id: expect.any(String), operation, decision, code }])
  const outcomes = async () =>
    (
      await gateway.database.sql<{ status: number }[]>`
      select status from portvakt.decision_outcome where decision_id = ${rows[0]!.id}`
    ).map((one) => one.status)
  if (outcome === undefined) expect(status).toBeGreaterThanOrEqual(400)
  else {
    expect(status).toBe(outcome)
    await expect.poll(outcomes).toEqual([outcome])
  }
})

test('a hundred at once: a row for each, before its answer', async () => {
  const calls = Array.from({ length: 100 }, (_, index) =>
    index % 3 === 0
      ? traced('GET', transfer(), { token: cast.stranger })
      : index % 3 === 1
        ? traced('POST', paths.transfers, { token: cast.sender, json: initialisation(resource) })
        : traced('GET', `${paths.transfers}?resourceId=${resource}`, { token: cast.recipient }),
  )
  const answers = await Promise.all(calls)
  for (const { rows, status } of answers) {
    expect(rows).toHaveLength(1)
    expect(rows[0]!.decision).toBe(status === 200 ? 'Permit' : 'Deny')
  }
})

describe('reading it', () => {
  test('an owner reads about its own, an auditor everything, others nothing', async () => {
    const list = (token: string, query = '') => gateway.call('GET', `${paths.decisions}${query}`, { token })
    expect((await list(auditor)).json.data.length).toBeGreaterThan(10)
    expect((await list(cast.owner, `?resource=${resource}`)).json.data.length).toBeGreaterThan(10)
    expect((await list(cast.owner)).status).toBe(401)
    expect((await list(cast.sender, `?resource=${resource}`)).status).toBe(403)
    const other = await gateway.token(organisations.sender, 'altinn:serviceowner')
    expect((await list(other, `?resource=${resource}`)).status).toBe(401)
    const { json } = await list(auditor, `?resource=${resource}&operation=download&limit=1`)
    const one = json.data[0]
    expect((await gateway.call('GET', `${paths.decisions}/${one.id}`, { token: cast.owner })).json.id).toBe(one.id)
    expect((await gateway.call('GET', `${paths.decisions}/${one.id}`, { token: other })).status).toBe(401)
    expect((await gateway.call('GET', `${paths.decisions}/${nobody}`, { token: auditor })).status).toBe(404)
    expect((await gateway.call('GET', `${paths.decisions}/no-guid`, { token: auditor })).status).toBe(404)
  })

  test('an owner sees nothing of what else a request for several resources was about', async () => {
    const other = await gateway.token(organisations.stranger, scopes.owner)
    const foreign = 'resource-of-another'
    await registerOwner(gateway, other, 'other')
    await makeResource(gateway, other, foreign, {
      document: {
        hasCompetentAuthority: {
          ...resourceDocument(foreign).hasCompetentAuthority,
          organization: organisations.stranger,
          orgcode: 'other',
        },
      },
    })
    const about = (...resources: string[]) => ({
      Request: {
        AccessSubject: [
          { Attribute: [{ AttributeId: 'urn:altinn:organization:identifier-no', Value: organisations.sender }] },
        ],
        Action: [{ Attribute: [{ AttributeId: actionId, Value: 'write' }] }],
        Resource: resources.map((Value) => ({ Attribute: [{ AttributeId: 'urn:altinn:resource', Value }] })),
      },
    })
    const asked = async (...resources: string[]) =>
      (await traced('POST', paths.authorize, { token: auditor, json: about(...resources) })).rows[0]!.id
    auditor = await gateway.token(organisations.vendor, 'portvakt:decisions.read altinn:authorization/authorize.admin')
    const ids = [await asked(foreign, resource), await asked(resource, foreign), await asked(resource)]
    const seen = async (token: string, query: string) => {
      const { json } = await gateway.call('GET', `${paths.decisions}?operation=authorize&${query}`, { token })
      return ids.map((id) => json.data.find((row: { id: string }) => row.id === id))
    }
    const [second, first, alone] = await seen(cast.owner, `resource=${resource}`)
    expect(second).toMatchObject({ decision: 'Permit', resource: null, action: null, rules: [] })
    expect(first).toMatchObject({ decision: 'Permit', resource, rules: [] })
    expect(alone.rules.length).toBeGreaterThan(0)
    expect(JSON.stringify([second, first])).not.toContain(foreign)
    // nor can it be guessed
    const guesses = await seen(cast.owner, `resource=${resource}&rule=${encodeURIComponent(alone.rules[0])}`)
    expect(guesses.map((row) => row?.id)).toEqual([undefined, undefined, ids[2]])
    expect((await gateway.call('GET', `${paths.decisions}/${ids[0]}`, { token: cast.owner })).status).toBe(401)
    const [whole] = await seen(auditor, `resource=${resource}`)
    expect(whole.resource).toBe(foreign)
  })

  test('whether a page follows tells an owner nothing of the parts of others, and pages reach all of its own', async () => {
    const mine = 'resource-of-two'
    const foreign = 'resource-of-the-other'
    const other = await gateway.token(organisations.stranger, scopes.owner)
    await makeResource(gateway, cast.owner, mine)
    await registerOwner(gateway, other, 'other')
    const authority = resourceDocument(foreign).hasCompetentAuthority
    const document = {
      hasCompetentAuthority: { ...authority, organization: organisations.stranger, orgcode: 'other' },
    }
    await makeResource(gateway, other, foreign, { document })
    const asker = await gateway.token(organisations.vendor, 'altinn:authorization/authorize.admin')
    const about = (id: string, instance: string) => ({
      Attribute: [
        { AttributeId: 'urn:altinn:resource', Value: id },
        { AttributeId: 'urn:altinn:resource:instance-id', Value: instance },
      ],
    })
    const ask = async (...Resource: ReturnType<typeof about>[]) => {
      const AccessSubject = [
        { Attribute: [{ AttributeId: 'urn:altinn:organization:identifier-no', Value: organisations.sender }] },
      ]
      const Action = [{ Attribute: [{ AttributeId: actionId, Value: 'write' }] }]
      const { status } = await gateway.call('POST', paths.authorize, {
        token: asker,
        json: { Request: { AccessSubject, Action, Resource } },
      })
      expect(status).toBe(200)
    }
    const list = async (token: string, query: string) => {
      const path = `${paths.decisions}?resource=${mine}&operation=authorize&limit=1&${query}`
      return (await gateway.call('GET', path, { token })).json
    }
    for (let time = 0; time < 3; time++) {
      await ask(about(mine, 'seen'))
      await ask(about(mine, 'seen'), about(foreign, 'secret'))
    }
    auditor = await gateway.token(organisations.vendor, 'portvakt:decisions.read')
    const all = await list(auditor, 'transfer=secret')
    expect(all.links.next).not.toBeNull()
    const [{ rules }] = (await list(auditor, 'transfer=seen')).data
    for (const guess of ['transfer=secret', 'transfer=other', 'rule=other', `transfer=secret&rule=${rules[0]}`])
      expect(await list(cast.owner, guess)).toEqual({ links: { next: null }, data: [] })
    for (const own of ['transfer=seen', `rule=${encodeURIComponent(rules[0])}`]) {
      const seen: string[] = []
      let page = await list(cast.owner, own)
      for (;;) {
        seen.push(...page.data.map((row: { id: string }) => row.id))
        if (page.links.next === null) break
        expect(page.data).toHaveLength(1)
        page = (await gateway.call('GET', page.links.next, { token: cast.owner })).json
      }
      expect(new Set(seen).size).toBe(3)
    }
  })

  test('pages meet without a gap', async () => {
    const all = (
      await gateway.call('GET', `${paths.decisions}?resource=${resource}&operation=initialize&limit=1000`, {
        token: cast.owner,
      })
    ).json.data
    const paged: unknown[] = []
    let next: string | null = `${paths.decisions}?resource=${resource}&operation=initialize&limit=7`
    while (next !== null) {
      const { json } = await gateway.call('GET', next, { token: cast.owner })
      paged.push(...json.data)
      next = json.links.next
    }
    expect(paged).toEqual(all)
  })

  test.each(['limit=0', 'limit=x', 'since=yesterday', 'cursor=nonsense'])('refuses %s', async (query) => {
    expect((await gateway.call('GET', `${paths.decisions}?${query}`, { token: auditor })).status).toBe(400)
  })

  test('its bytes and columns hold nothing of a person whom a request mentions, looked at or not', async () => {
    const user = 'kari.nordmann.20012345'
    const identity = '01017012345'
    const token = await gateway.token(organisations.vendor, 'altinn:authorization/authorize.admin')
    const attribute = (AttributeId: string, Value: string) => ({ AttributeId, Value })
    const json = {
      Request: {
        AccessSubject: [{ Attribute: [attribute('urn:altinn:userid', user)] }],
        Action: [{ Attribute: [attribute(actionId, 'write')] }],
        Resource: [
          {
            Attribute: [
              attribute('urn:altinn:resource', resource),
              attribute('urn:altinn:resource:instance-id', `box/${user}/${identity}`),
            ],
          },
        ],
      },
    }
    const asked = await traced('POST', paths.authorize, { token, json })
    const listed = await traced('GET', `/resourceregistry/api/v1/access-lists/demo/kari-${identity}/members`, {
      token: cast.owner,
    })
    for (const { rows } of [asked, listed]) {
      expect(rows).toHaveLength(1)
      const [row] = await gateway.database.sql<{ text: string }[]>`
        select d::text || convert_from(d.entry, 'UTF8') || coalesce(convert_from(d.detail, 'UTF8'), '') as text
        from portvakt.decision d where id = ${rows[0]!.id}`
      expect(row!.text).toContain(rows[0]!.id)
      expect(row!.text).not.toContain(user)
      expect(row!.text).not.toContain(identity)
    }
  })

  test('it holds no token', async () => {
    const rows = await gateway.database.sql<
      { text: string }[]
    >`select encode(bytes, 'escape') as text from portvakt.record_frame`
    const all = JSON.stringify([
      ...rows,
      ...(await gateway.call('GET', `${paths.decisions}?limit=1000`, { token: auditor })).json.data,
    ])
    for (const token of [cast.owner, cast.sender, cast.recipient]) expect(all).not.toContain(token.split('.')[2])
  })
})
