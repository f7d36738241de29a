/** What every benchmark of the gateway needs first: an owner with a resource and its policy, and tokens for the cast. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', '..', '..')

export const organisations = { owner: '991825827', sender: '986252932', recipient: '910351192' } as const

export const resource = 'bench-file-transfer'
export const registry = '/resourceregistry/api/v1'
export const transfers = '/broker/api/v1/filetransfer'
export const authorize = '/authorization/api/v1/authorize'

export interface Tokens {
  readonly owner: string
  readonly sender: string
  readonly recipient: string
}

export interface Stage {
  readonly url: string
  readonly tokens: Tokens
}

interface Call {
  readonly method: string
  readonly path: string
  readonly token: string
  readonly json?: unknown
  readonly body?: FormData
}

/** The body of a successful answer; throws on any other. */
export async function call(url: string, { method, path, token, json, body }: Call): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
  return text
}

export async function setStage(url: string): Promise<Stage> {
  const { owner, sender, recipient } = organisations
  const ownerScopes =
    'altinn:serviceowner altinn:resourceregistry/resource.write altinn:resourceregistry/accesslist.write altinn:authorization/authorize'
  const tokens = {
    owner: await mint(url, { kind: 'service-owner', organisation: owner, code: 'bench', scope: ownerScopes }),
    sender: await mint(url, { kind: 'organisation', organisation: sender, scope: 'altinn:broker.write' }),
    recipient: await mint(url, { kind: 'organisation', organisation: recipient, scope: 'altinn:broker.read' }),
  }
  const json = { name: 'Benchmark', organisationCode: 'bench' }
  await call(url, { method: 'POST', path: '/broker/api/v1/serviceowner', token: tokens.owner, json })
  await makeResource({ url, tokens }, resource, 'Disabled')
  return { url, tokens }
}

/** A resource of the owner with the policy of the demo: the sender writes and reads, the recipient reads. */
export async function makeResource({ url, tokens }: Stage, id: string, mode: 'Enabled' | 'Disabled'): Promise<void> {
  const token = tokens.owner
  const path = `${registry}/resource`
  await call(url, { method: 'POST', path, token, json: resourceDocument(id, mode) })
  const policy = readFileSync(join(repository, 'policies', 'examples', 'demo', 'policy.xml'), 'utf8')
  const body = new FormData()
  body.set('policyFile', new Blob([policy.replaceAll('demo-file-transfer', id)], { type: 'text/xml' }), 'policy.xml')
  await call(url, { method: 'POST', path: `${path}/${id}/policy`, token, body })
  const settings = { maxFileTransferSize: 8 * 1024 ** 3, fileTransferTimeToLive: 'P30D' }
  await call(url, { method: 'PUT', path: `/broker/api/v1/resource/${id}`, token, json: settings })
}

async function mint(url: string, json: Readonly<Record<string, string>>): Promise<string> {
  const lifetime = 7200
  const text = await call(url, { method: 'POST', path: '/development/token', token: '', json: { ...json, lifetime } })
  return (JSON.parse(text) as { access_token: string }).access_token
}

const languages = (text: string) => ({ en: text, nb: text, nn: text })

const resourceDocument = (identifier: string, accessListMode: 'Enabled' | 'Disabled') => ({
  identifier,
  title: languages('File transfer'),
  description: languages('Files between organisations'),
  rightDescription: languages('Send and receive files'),
  resourceType: 'BrokerService',
  delegable: true,
  contactPoints: [],
  accessListMode,
  hasCompetentAuthority: { organization: organisations.owner, orgcode: 'bench', name: languages('Benchmark') },
})

export const initialisation = (id: string) => ({
  fileName: 'report.pdf',
  resourceId: id,
  sendersFileTransferReference: 'case-2026-17',
  sender: `0192:${organisations.sender}`,
  recipients: [`0192:${organisations.recipient}`],
  propertyList: { kind: 'annual report' },
})

/** Returns the id of a new transfer. */
export async function initialise({ url, tokens }: Stage, id = resource): Promise<string> {
  const text = await call(url, { method: 'POST', path: transfers, token: tokens.sender, json: initialisation(id) })
  return (JSON.parse(text) as { fileTransferId: string }).fileTransferId
}
