/**
 * Real gateways for tests: in this process, on a free port, with a database and folders of their own, reached over HTTP.
 * The environment is what an operator would set.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { TokenKind } from '../../src/authenticate/token-request.ts'
import { type Gateway, start } from '../../src/main.ts'
import { loadSettings } from '../../src/settings/load.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { type CreatedDatabase, createDatabase } from './database.ts'

export type Environment = Readonly<Record<string, string>>

/** Settings as the command line would load them, from this environment alone. */
export function settingsOf(environment: Environment): Settings {
  const loaded = loadSettings({ environment, workingFolder: tmpdir(), isRoot: process.getuid?.() === 0 })
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  return loaded.settings
}

export const plainEnvironment: Environment = {
  PORTVAKT_PORT: '0',
  PORTVAKT_LOG_LEVEL: 'silent',
  PORTVAKT_ALLOW_UNSCANNED_FILES: 'on',
  PORTVAKT_ANONYMOUS_REQUESTS_PER_SECOND: '1000',
  PORTVAKT_DATABASE_POOL_SIZE: '8',
  PORTVAKT_SHUTDOWN_SECONDS: '2',
}

export interface TestGateway extends Client {
  readonly gateway: Gateway
  readonly database: CreatedDatabase
  readonly folder: string
  /** A further node on the same database and files; closed after the tests. */
  node(environment?: Environment): Promise<Node>
}

export interface Node extends Client {
  readonly gateway: Gateway
  close(): Promise<void>
}

/** Call it at the top of a test file or of a `describe`; usable from `beforeAll` on. */
export function withGateway(environment: Environment | (() => Environment) = {}): TestGateway {
  let made: { client: Client; gateway: Gateway; database: CreatedDatabase; folder: string } | undefined
  const nodes: Gateway[] = []
  const current = () => {
    if (made === undefined) throw new Error('the gateway is there from beforeAll on')
    return made
  }
  const given = (): Environment => (typeof environment === 'function' ? environment() : environment)
  const open = (folder: string, database: CreatedDatabase, more: Environment = {}): Promise<Gateway> =>
    start(
      settingsOf({
        ...plainEnvironment,
        PORTVAKT_DATA_FOLDER: folder,
        PORTVAKT_DATABASE_URL: database.url,
        ...given(),
        ...more,
      }),
    )
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portvakt-gateway-'))
    const database = await createDatabase()
    const gateway = await open(folder, database)
    made = { folder, database, gateway, client: clientOf(gateway) }
  })
  afterAll(async () => {
    await Promise.all([...nodes, ...(made === undefined ? [] : [made.gateway])].map((gateway) => gateway.close()))
    await made?.database.drop()
    if (made !== undefined) await rm(made.folder, { recursive: true, force: true })
  })
  return {
    get gateway() {
      return current().gateway
    },
    get database() {
      return current().database
    },
    get folder() {
      return current().folder
    },
    get url() {
      return current().gateway.url
    },
    get port() {
      return current().gateway.port
    },
    call: (method, path, options) => current().client.call(method, path, options),
    token: (organisation, scope, more) => current().client.token(organisation, scope, more),
    async node(more = {}) {
      const gateway = await open(current().folder, current().database, more)
      nodes.push(gateway)
      const close = async (): Promise<void> => {
        const [mine] = nodes.splice(nodes.indexOf(gateway), 1)
        await mine?.close()
      }
      return { ...clientOf(gateway), gateway, close }
    },
  }
}

/* ── talking to it ──────────────────────────────────────────────────────────────────────────────────────────── */

export interface CallOptions {
  readonly token?: string | undefined
  readonly json?: unknown
  readonly body?: string | Uint8Array | FormData | ReadableStream<Uint8Array>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
  readonly json: any
}

export interface TokenOptions {
  readonly kind?: TokenKind
  readonly systemUser?: string
  readonly vendor?: string
  readonly code?: string
  readonly level?: number
  readonly lifetime?: number
  /** Clock reading that the token is minted at. */
  readonly at?: Date
}

export interface Client {
  readonly url: string
  readonly port: number
  call(method: string, path: string, options?: CallOptions): Promise<Answered>
  token(organisation: string, scope: string, options?: TokenOptions): Promise<string>
}

export function clientOf(gateway: Pick<Gateway, 'url' | 'port' | 'issuer'>): Client {
  return {
    url: gateway.url,
    port: gateway.port,
    call: (method, path, options) => callAt(gateway.url, method, path, options),
    async token(organisation, scope, { at = new Date(), ...more } = {}) {
      const request = { kind: 'organisation' as const, organisation, scope, lifetime: 3600, ...more }
      return (await gateway.issuer!.mint(request, at)).access_token
    },
  }
}

/** One request. Every answer is checked for what every answer must have. */
export async function callAt(url: string, method: string, path: string, options: CallOptions = {}): Promise<Answered> {
  const { token, json, body, headers, signal } = options
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
    ...(body === undefined ? {} : { body: body as BodyInit, duplex: 'half' }),
    ...(signal === undefined ? {} : { signal }),
  } as RequestInit)
  const bytes = Buffer.from(await response.arrayBuffer())
  const text = bytes.toString('utf8')
  const isJson = method !== 'HEAD' && response.headers.get('content-type')?.includes('json') === true
  const answered = {
    status: response.status,
    headers: response.headers,
    bytes,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  }
  checkAnswer(`${method} ${path}`, answered)
  return answered
}

const codePattern = /^(BRO|PVK)-\d{5}$/

/** Security headers on all; a complete problem body on all that are one, which says nothing of how it is made here. */
export function checkAnswer(what: string, { status, headers, text, json }: Answered): void {
  expect(headers.get('x-content-type-options'), what).toBe('nosniff')
  expect(headers.get('cache-control'), what).toBe('no-store')
  if (status < 400 || what.startsWith('HEAD ')) return
  expect(text, what).not.toMatch(/ at .+:\d+:\d+|node_modules|src\/|\.ts\b/)
  // readiness is a report, not a problem
  if (what.endsWith(' /ready')) return
  if (json === undefined) {
    expect([401, 403, 406], `${what}: a problem body for ${status}`).toContain(status)
    return
  }
  expect(json, what).toMatchObject({
    type: expect.stringMatching(/^https:\/\/tools\.ietf\.org\/html\/rfc9110#section-15/),
    title: expect.stringMatching(/./),
    status,
    detail: expect.stringMatching(/./),
    code: expect.stringMatching(codePattern),
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
}

/* ── the usual cast ─────────────────────────────────────────────────────────────────────────────────────────── */

export const organisations = {
  owner: '991825827',
  sender: '986252932',
  recipient: '910351192',
  second: '212517712',
  stranger: '313301753',
  vendor: '312195771',
} as const

export const scopes = {
  read: 'altinn:broker.read',
  write: 'altinn:broker.write',
  both: 'altinn:broker.read altinn:broker.write',
  owner:
    'altinn:serviceowner altinn:resourceregistry/resource.write altinn:resourceregistry/accesslist.write altinn:authorization/authorize',
} as const

export const paths = {
  transfers: '/broker/api/v1/filetransfer',
  brokerResource: '/broker/api/v1/resource',
  serviceOwner: '/broker/api/v1/serviceowner',
  resources: '/resourceregistry/api/v1/resource',
  lists: '/resourceregistry/api/v1/access-lists',
  systems: '/authentication/api/v1/systemregister/vendor',
  users: '/authentication/api/v1/systemuser',
  authorize: '/authorization/api/v1/authorize',
  decisions: '/portvakt/v1/decisions',
} as const

/** Tokens of the usual cast. */
export async function mintCast(client: Client) {
  const { owner, sender, recipient, second, stranger } = organisations
  return {
    owner: await client.token(owner, scopes.owner),
    sender: await client.token(sender, scopes.write),
    recipient: await client.token(recipient, scopes.read),
    second: await client.token(second, scopes.read),
    stranger: await client.token(stranger, scopes.both),
  }
}

/** Registers the owner of the cast; may be called again. */
export async function registerOwner(client: Client, token: string, code = 'digdir'): Promise<void> {
  const { status } = await client.call('POST', paths.serviceOwner, {
    token,
    json: { name: 'Testdirektoratet', organisationCode: code },
  })
  expect([200, 409]).toContain(status)
}

const languages = (text: string) => ({ en: text, nb: text, nn: text })

export const resourceDocument = (identifier: string, more: Readonly<Record<string, unknown>> = {}) => ({
  identifier,
  title: languages('File transfer'),
  description: languages('Files between organisations'),
  rightDescription: languages('Send and receive files'),
  resourceType: 'BrokerService',
  delegable: true,
  contactPoints: [],
  accessListMode: 'Disabled',
  hasCompetentAuthority: { organization: organisations.owner, orgcode: 'digdir', name: languages('Testdirektoratet') },
  ...more,
})

export interface Allowance {
  readonly organisation: string
  readonly actions: readonly string[]
}

export interface PolicyParts {
  readonly allow?: readonly Allowance[]
  /** Further rules, as XML. */
  readonly rules?: string
  readonly obligations?: string
}

const match = (category: string, attribute: string, value: string, of = 'string-equal') =>
  `<Match MatchId="urn:oasis:names:tc:xacml:1.0:function:${of}"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">${value}</AttributeValue><AttributeDesignator Category="${category}" AttributeId="${attribute}" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match>`

export const subjectCategory = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
export const resourceCategory = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
export const actionCategory = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
export const actionId = 'urn:oasis:names:tc:xacml:1.0:action:action-id'
export const organisationId = 'urn:altinn:organization:identifier-no'

export const allOf = (...matches: string[]): string => `<AllOf>${matches.join('')}</AllOf>`
export const anyOf = (...alternatives: string[]): string => `<AnyOf>${alternatives.join('')}</AnyOf>`
export const isSubject = (attribute: string, value: string): string => match(subjectCategory, attribute, value)
export const isAction = (value: string): string => match(actionCategory, actionId, value)
export const isResource = (value: string): string => match(resourceCategory, 'urn:altinn:resource', value)

export const rule = (id: string, effect: 'Permit' | 'Deny', target: string, condition = ''): string =>
  `<Rule RuleId="${id}" Effect="${effect}"><Target>${target}</Target>${condition}</Rule>`

export const minimumLevel = (level: number): string =>
  `<ObligationExpressions><ObligationExpression FulfillOn="Permit" ObligationId="urn:altinn:obligation:authenticationLevel1"><AttributeAssignmentExpression AttributeId="urn:altinn:obligation1-assignment1" Category="urn:altinn:minimum-authenticationlevel"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">${level}</AttributeValue></AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>`

/** A policy in the shape that service owners upload. */
export function policyText(
  resource: string,
  { allow = [], rules = '', obligations = minimumLevel(2) }: PolicyParts,
): string {
  const allowances = allow.map(({ organisation, actions }, index) =>
    rule(
      `allow-${index}`,
      'Permit',
      anyOf(allOf(isSubject(organisationId, organisation))) +
        anyOf(allOf(isResource(resource))) +
        anyOf(...actions.map((action) => allOf(isAction(action)))),
    ),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:test:policy:${resource}" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
<Target/>
${allowances.join('\n')}
${rules}
${obligations}
</Policy>`
}

export const usualAllowances: readonly Allowance[] = [
  { organisation: organisations.sender, actions: ['read', 'write'] },
  { organisation: organisations.recipient, actions: ['read'] },
  { organisation: organisations.second, actions: ['read'] },
]

export function policyForm(text: string | Uint8Array): FormData {
  const data = new FormData()
  data.set('policyFile', new Blob([text as BlobPart], { type: 'text/xml' }), 'policy.xml')
  return data
}

export interface ResourceParts {
  readonly document?: Readonly<Record<string, unknown>>
  /** `null` uploads none. */
  readonly policy?: string | null
  /** File transfer settings; `null` configures none. */
  readonly settings?: Readonly<Record<string, unknown>> | null
}

/** A resource of the owner of the cast, ready for transfers unless told otherwise. */
export async function makeResource(
  client: Client,
  token: string,
  id: string,
  parts: ResourceParts = {},
): Promise<void> {
  const { document = {}, policy = policyText(id, { allow: usualAllowances }), settings = {} } = parts
  const created = await client.call('POST', paths.resources, { token, json: resourceDocument(id, document) })
  expect(created.status, created.text).toBe(201)
  if (policy !== null) await putPolicy(client, token, id, policy)
  if (settings === null) return
  const configured = await client.call('PUT', `${paths.brokerResource}/${id}`, { token, json: settings })
  expect(configured.status, configured.text).toBe(204)
}

export async function putPolicy(client: Client, token: string, id: string, text: string): Promise<void> {
  const uploaded = await client.call('PUT', `${paths.resources}/${id}/policy`, { token, body: policyForm(text) })
  expect(uploaded.status, uploaded.text).toBe(201)
}

export const initialisation = (resource: string, more: Readonly<Record<string, unknown>> = {}) => ({
  fileName: 'input.txt',
  resourceId: resource,
  sendersFileTransferReference: 'test-data',
  sender: `0192:${organisations.sender}`,
  recipients: [`0192:${organisations.recipient}`],
  ...more,
})

/** A new transfer of the usual sender. */
export async function initialise(
  client: Client,
  token: string,
  resource: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { status, json, text } = await client.call('POST', paths.transfers, {
    token,
    json: initialisation(resource, more),
  })
  expect(status, text).toBe(200)
  return json.fileTransferId
}

export const octets = { 'content-type': 'application/octet-stream' } as const

export async function uploadFile(client: Client, token: string, id: string, body: string | Uint8Array): Promise<void> {
  const { status, text } = await client.call('POST', `${paths.transfers}/${id}/upload`, {
    token,
    body,
    headers: octets,
  })
  expect(status, text).toBe(200)
}
