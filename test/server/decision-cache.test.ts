/**
 * The promise of the cache: it changes the speed of an answer and nothing else. Three nodes on one database, one of which
 * keeps nothing, must never disagree after a change has been answered.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answered,
  type Client,
  initialisation,
  initialise,
  makeResource,
  mintCast,
  type Node,
  organisationId,
  organisations,
  paths,
  policyText,
  putPolicy,
  registerOwner,
  scopes,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'
import { redisIsMissing, startRedis, type TestRedis } from '../support/redis.ts'

const { sender, recipient, second, stranger, vendor } = organisations
const noRedis = redisIsMissing()

describe('in memory', () => suite(undefined))
describe.skipIf(noRedis !== undefined)(`with Redis${noRedis === undefined ? '' : ` (skipped: ${noRedis})`}`, () => {
  let redis: TestRedis | undefined
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.close())
  suite(() => redis!)
})

const shownOf = ({ status, json }: Answered): string => `${status} ${status === 200 ? '' : json?.code}`

function suite(redis: (() => TestRedis) | undefined): void {
  const gateway = withGateway(() => (redis === undefined ? {} : { PORTVAKT_REDIS_URL: redis().url }))
  let cast: Awaited<ReturnType<typeof mintCast>>
  /** Decides everything anew. */
  let fresh: Node
  beforeAll(async () => {
    cast = await mintCast(gateway)
    await registerOwner(gateway, cast.owner)
    fresh = await gateway.node({ PORTVAKT_DECISION_CACHE_SIZE: '0', PORTVAKT_DECISION_CACHE_SECONDS: '0' })
  })

  const levelsOf = async (resource: string): Promise<readonly string[]> => {
    const rows = await gateway.call('GET', `${paths.decisions}?resource=${resource}&operation=search`, {
      token: cast.owner,
    })
    return Promise.all(
      rows.json.data.map(async ({ id }: { id: string }) => {
        const { json } = await gateway.call('GET', `${paths.decisions}/${id}`, { token: cast.owner })
        return json.parts[0].cache
      }),
    )
  }
  const searching = (resource: string, token = cast.sender) =>
    gateway.call('GET', `${paths.transfers}?resourceId=${resource}`, { token })

  test('the second time is a hit, and says so on record', async () => {
    const id = 'cached-hits'
    await makeResource(gateway, cast.owner, id)
    await searching(id)
    await searching(id)
    expect(await levelsOf(id)).toEqual(['memory', 'none'])
  })

  test('policy, list, mode, right, level and resource: a change is seen by the next request', async () => {
    const id = 'cached-sequence'
    await makeResource(gateway, cast.owner, id)
    const list = `${paths.lists}/digdir/cached`
    const change = async (method: string, path: string, json?: unknown): Promise<void> => {
      const { status, text } = await gateway.call(method, path, { token: cast.owner, json })
      expect(status, text).toBeLessThan(300)
    }
    const { resourceDocument } = await import('../support/gateway.ts')
    const mode = (accessListMode: string) =>
      change('PUT', `${paths.resources}/${id}`, resourceDocument(id, { accessListMode }))
    const policy = (parts: Parameters<typeof policyText>[1]) =>
      putPolicy(gateway, cast.owner, id, policyText(id, parts))
    const expectStatus = async (status: number): Promise<void> => {
      for (let time = 0; time < 3; time++) expect((await searching(id)).status).toBe(status)
    }
    const steps: readonly (readonly [() => Promise<void>, number])[] = [
      [async () => undefined, 200],
      [
        () =>
          policy({
            allow: [],
            rules:
              '<Rule RuleId="none" Effect="Deny"><Target><AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">cached-sequence</AttributeValue><AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" AttributeId="urn:altinn:resource" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf></AnyOf></Target></Rule>',
          }),
        401,
      ],
      [() => policy({ allow: usualAllowances }), 200],
      [() => mode('Enabled'), 401],
      [() => change('PUT', list, { name: 'Cached' }), 401],
      [() => change('PUT', `${list}/resource-connections/${id}`, {}), 401],
      [() => change('POST', `${list}/members`, { data: [`${organisationId}:${sender}`] }), 200],
      [() => change('PUT', `${list}/resource-connections/${id}`, { actionFilters: ['publish'] }), 401],
      [() => change('PUT', `${list}/resource-connections/${id}`, { actionFilters: ['read'] }), 200],
      [() => change('DELETE', `${list}/members`, { data: [`${organisationId}:${sender}`] }), 401],
      [() => change('PUT', `${list}/members`, { data: [`${organisationId}:${sender}`] }), 200],
      [() => change('DELETE', `${list}/resource-connections/${id}`), 401],
      [() => change('PUT', `${list}/resource-connections/${id}`, {}), 200],
      [() => change('DELETE', list), 401],
      [() => mode('Disabled'), 200],
      [() => policy({ allow: usualAllowances, obligations: '' }), 200],
      [() => change('DELETE', `${paths.resources}/${id}`), 401],
    ]
    for (const [index, [make, status]] of steps.entries()) {
      await make()
      await expectStatus(status).catch((error) => {
        throw new Error(`step ${index}: ${error}`)
      })
    }
  })

  test('the state of a transfer is never taken from the cache', async () => {
    const id = 'cached-states'
    const status = (value: string) =>
      `<Rule RuleId="only-${value}" Effect="Deny"><Target><AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">${value}</AttributeValue><AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" AttributeId="urn:portvakt:transfer:status" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">${id}</AttributeValue><AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" AttributeId="urn:altinn:resource" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf></AnyOf></Target></Rule>`
    await makeResource(gateway, cast.owner, id, {
      policy: policyText(id, { allow: usualAllowances, rules: status('Published') }),
    })
    const transfer = await initialise(gateway, cast.sender, id)
    const look = async () =>
      (await gateway.call('GET', `${paths.transfers}/${transfer}`, { token: cast.sender })).status
    expect([await look(), await look()]).toEqual([200, 200])
    const { uploadFile } = await import('../support/gateway.ts')
    await uploadFile(gateway, cast.sender, transfer, 'x')
    expect(await look()).toBe(401)
  })

  test('at random: what is cached and what is fresh never differ once a change has been answered', async () => {
    const ids = ['cached-a', 'cached-b']
    for (const id of ids) await makeResource(gateway, cast.owner, id, { document: { accessListMode: 'Enabled' } })
    const vendorToken = await gateway.token(vendor, 'altinn:authentication/systemregister.write')
    const party = await gateway.token(sender, 'altinn:authentication/systemuser.write')
    const right = (id: string, action: string) => ({ action, resource: [{ id: 'urn:altinn:resource', value: id }] })
    const system = `${vendor}_cached`
    const rights = ids.flatMap((id) => [right(id, 'read'), right(id, 'write')])
    await gateway.call('POST', paths.systems, {
      token: vendorToken,
      json: { id: system, vendor: { ID: `0192:${vendor}` }, name: 'Cached', rights },
    })
    const user = await gateway.call('POST', `${paths.users}/${sender}`, { token: party, json: { systemId: system } })
    // every node is its own issuer here: the same callers, with a token for each
    const tokensAt = async (node: Client): Promise<readonly string[]> => {
      const machine = { kind: 'system-user', vendor, systemUser: user.json.id } as const
      const others = [sender, recipient, second, stranger].map((number) => node.token(number, scopes.both))
      return Promise.all([node.token(sender, scopes.both, machine), ...others])
    }
    const [tokens, freshTokens] = [await tokensAt(gateway), await tokensAt(fresh)]
    const list = `${paths.lists}/digdir/random`
    await gateway.call('PUT', list, { token: cast.owner, json: { name: 'Random' } })
    await gateway.call('PUT', `${list}/resource-connections/${ids[0]}`, { token: cast.owner, json: {} })
    await gateway.call('PUT', `${list}/members`, { token: cast.owner, json: { data: [`${organisationId}:${sender}`] } })

    let seed = 20_261_120
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return (seed >>> 8) % below
    }
    const one = <T>(of: readonly T[]): T => of[random(of.length)]!
    const { resourceDocument } = await import('../support/gateway.ts')
    const members = () => ({ data: [`${organisationId}:${one([sender, recipient, second])}`] })
    const actions = () => one([[], ['read'], ['write'], ['read', 'write'], ['publish']])
    const changes: readonly (() => readonly [string, string, unknown?, string?])[] = [
      () => ['POST', `${list}/members`, members()],
      () => ['POST', `${list}/members`, members()],
      () => ['DELETE', `${list}/members`, members()],
      () => ['PUT', `${list}/resource-connections/${one(ids)}`, { actionFilters: actions() }],
      () => ['PUT', `${list}/resource-connections/${one(ids)}`, { actionFilters: [] }],
      () => ['DELETE', `${list}/resource-connections/${one(ids)}`],
      () => {
        const id = one(ids)
        return [
          'PUT',
          `${paths.resources}/${id}`,
          resourceDocument(id, { accessListMode: one(['Enabled', 'Disabled']) }),
        ]
      },
      () => ['POST', `${paths.users}/${sender}/${user.json.id}/rights`, { rights: [one(rights)] }, party],
      () => ['DELETE', `${paths.users}/${sender}/${user.json.id}/rights`, { rights: [one(rights)] }, party],
    ]
    const changeOne = async (): Promise<void> => {
      if (random(4) === 0) {
        const id = one(ids)
        const allow = usualAllowances.filter(() => random(3) > 0)
        const stays = { organisation: '999999999', actions: ['read'] }
        await putPolicy(gateway, cast.owner, id, policyText(id, { allow: [...allow, stays] }))
        return
      }
      const [method, path, json, token = cast.owner] = one(changes)()
      const { status, text } = await gateway.call(method, path, { token, json })
      expect(status, text).toBeLessThan(300)
    }
    const questions = tokens.flatMap((_, who) =>
      ids.flatMap((id) => [
        { who, method: 'GET', path: `${paths.transfers}?resourceId=${id}`, json: undefined },
        { who, method: 'POST', path: paths.transfers, json: initialisation(id) },
      ]),
    )
    const ask = ({ who, method, path, json }: (typeof questions)[number]) =>
      gateway.call(method, path, { token: tokens[who], json })
    const askFresh = ({ who, method, path, json }: (typeof questions)[number]) =>
      fresh.call(method, path, { token: freshTokens[who], json })
    const seen = new Set<string>()
    for (let round = 0; round < 16; round++) {
      const noise = Promise.all(Array.from({ length: 4 }, () => ask(one(questions))))
      await changeOne()
      if (redis !== undefined && round % 5 === 4) await redis().flush()
      await noise
      for (let index = 0; index < 5; index++) {
        const question = one(questions)
        const shown = [shownOf(await ask(question)), shownOf(await ask(question))]
        // the other node may be a moment behind; it ends at the truth, and what is stale here would stay different
        const anew = async (): Promise<readonly string[]> => [shownOf(await askFresh(question)), shown[1]!]
        await expect.poll(anew, { message: `round ${round}, ${question.path}`, timeout: 3_000 }).toEqual(shown)
        seen.add(shown[0]!)
      }
    }
    // otherwise nothing has been compared
    expect([...seen]).toEqual(expect.arrayContaining(['200 ', '401 BRO-00006']))
  })

  if (redis === undefined) return

  test('another node finds what one has decided, and entries name nobody', async () => {
    const id = 'cached-shared'
    await makeResource(gateway, cast.owner, id)
    const other = await gateway.node()
    await searching(id)
    await expect.poll(async () => (await redis().entries()).size).toBeGreaterThan(0)
    await other.call('GET', `${paths.transfers}?resourceId=${id}`, { token: await other.token(sender, scopes.write) })
    expect((await levelsOf(id))[0]).toBe('redis')
    expect([...(await redis().entries()).keys()].join()).not.toContain(sender)
    await other.close()
  })

  test('entries that somebody has spoilt are misses', async () => {
    const id = 'cached-spoilt'
    await makeResource(gateway, cast.owner, id)
    await searching(id)
    await expect.poll(async () => (await redis().entries()).size).toBeGreaterThan(0)
    const { Redis } = await import('ioredis')
    const client = new Redis(redis().url)
    for (const key of (await redis().entries()).keys()) await client.set(key, '{"version":1,"decision":"Permit"')
    client.disconnect()
    const other = await gateway.node()
    expect(
      (
        await other.call('GET', `${paths.transfers}?resourceId=${id}`, {
          token: await other.token(sender, scopes.write),
        })
      ).status,
    ).toBe(200)
    expect(
      (
        await other.call('GET', `${paths.transfers}?resourceId=${id}`, {
          token: await other.token(stranger, scopes.both),
        })
      ).status,
    ).toBe(401)
    await other.close()
  })

  test('hung, awake again, gone: the answers are the same', async () => {
    const id = 'cached-troubles'
    await makeResource(gateway, cast.owner, id)
    const policies = [
      [{ allow: usualAllowances }, 200],
      [{ allow: usualAllowances.slice(1) }, 401],
    ] as const
    const rounds = async (): Promise<void> => {
      for (const [parts, status] of policies) {
        await putPolicy(gateway, cast.owner, id, policyText(id, parts))
        const statuses = await Promise.all(Array.from({ length: 10 }, () => searching(id)))
        expect(new Set(statuses.map((answered) => answered.status))).toEqual(new Set([status]))
        expect((await searching(id, cast.stranger)).status).toBe(401)
      }
    }
    await rounds()
    redis().process.kill('SIGSTOP')
    await rounds()
    redis().process.kill('SIGCONT')
    await rounds()
    redis().process.kill('SIGKILL')
    await rounds()
    await initialise(gateway, cast.sender, id).catch(() => undefined)
  })
}
