/** The OpenAPI description is true to a running gateway: what it serves, whom it lets in, and what it answers. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { OpenApi, OperationObject, ResponseObject } from '../../src/server/openapi/document.ts'
import { descriptions } from '../../src/server/openapi/document.ts'
import type { Schema } from '../../src/server/openapi/schema.ts'
import { type Answered, type CallOptions, mintCast, organisations, withGateway } from '../support/gateway.ts'
import { describedApi } from './api.ts'
import { differences, follow } from './conforms.ts'
import { root } from './readme.ts'
import { initialization, policy, policyForm, question, resourceDocument } from './sent.ts'

const api = describedApi()
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
)

describe('the document', () => {
  test('describes no endpoint that is not there', () => {
    const served = operations.map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`)
    expect(Object.keys(descriptions).filter((name) => !served.includes(name))).toEqual([])
  })

  test('has an id of its own for every operation', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('names every parameter of every path', () => {
    const missing = operations.filter(({ path, operation }) => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const parameters = (operation.parameters ?? []) as readonly { in: string; name: string; description?: string }[]
      const named = parameters
        .filter((one) => one.in === 'path' && one.description !== undefined)
        .map(({ name }) => name)
      return inPath.join() !== named.join()
    })
    expect(missing).toEqual([])
  })

  test('refers to nothing that is not there, and holds nothing that nobody refers to', () => {
    const text = JSON.stringify(api)
    const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/[\w.-]+)"/g)].map(([, name]) => name))
    const { schemas, responses } = api.components
    const held = [
      ...Object.keys(schemas).map((name) => `schemas/${name}`),
      ...Object.keys(responses).map((name) => `responses/${name}`),
    ]
    expect([...referred].sort()).toEqual(held.sort())
  })

  test('has for every scope policy of the gateway the scopes that it names', () => {
    const required = scopesOfOperations(readFileSync(new URL('policies/gateway.xml', root), 'utf8'))
    for (const { operation } of operations) {
      const name = operation['x-portvakt-operation']
      if (name === undefined) continue
      const written = new Set(
        [...(/Scope: (.*)\.$/s.exec(String(operation.description))?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(
          ([, scope]) => scope!,
        ),
      )
      expect({ name, scopes: [...written].sort() }).toEqual({
        name,
        scopes: [...(required.get(String(name)) ?? [])].sort(),
      })
    }
  })
})

/** Of the policy `scope`: every rule with a target names operations there, and the scopes in its condition. */
function scopesOfOperations(xml: string): ReadonlyMap<string, ReadonlySet<string>> {
  const policy = /<Policy PolicyId="urn:portvakt:policy:scope".*?<\/Policy>/s.exec(xml)![0]
  const scopes = new Map<string, Set<string>>()
  for (const [rule] of policy.matchAll(/<Rule .*?<\/Rule>/gs)) {
    const target = /<Target>.*?<\/Target>/s.exec(rule)?.[0]
    const condition = /<Condition>.*?<\/Condition>/s.exec(rule)?.[0]
    if (target === undefined || condition === undefined) continue
    for (const operation of valuesIn(target)) {
      scopes.set(operation, new Set([...(scopes.get(operation) ?? []), ...valuesIn(condition)]))
    }
  }
  return scopes
}

const valuesIn = (xml: string): readonly string[] =>
  [...xml.matchAll(/<AttributeValue [^>]*>([^<]*)<\/AttributeValue>/g)].map(([, value]) => value!)

const admin = 'altinn:resourceregistry/resource.admin'

describe('a running gateway', () => {
  const gateway = withGateway()
  const owner = (): Promise<string> =>
    gateway.token(
      organisations.owner,
      `altinn:serviceowner altinn:resourceregistry/resource.write altinn:resourceregistry/accesslist.write altinn:authorization/authorize`,
    )
  const used = new Set<string>()

  /** Calls, and holds the answer to what the document says of it. */
  async function call(
    method: string,
    address: string,
    options: CallOptions & { readonly expect: number },
  ): Promise<Answered> {
    const { path, operation } = operationFor(api, method, address)
    const answered = await gateway.call(method, address, options)
    const what = `${method} ${address} → ${answered.status} ${answered.text.slice(0, 300)}`
    expect(answered.status, what).toBe(options.expect)
    used.add(`${method} ${path} ${answered.status}`)
    expect(wrongIn(operation, answered), what).toEqual([])
    return answered
  }

  function wrongIn(operation: OperationObject, { status, headers, json, bytes }: Answered): readonly string[] {
    const named = operation.responses[status]
    if (named === undefined) return [`${status} is not described`]
    const response: ResponseObject =
      named.$ref === undefined ? named : api.components.responses[named.$ref.split('/').pop()!]!
    const type = headers.get('content-type')?.split(';')[0]
    if (type === undefined || bytes.length === 0)
      return response.content === undefined || status >= 400 ? [] : ['no body']
    const schema = response.content?.[type]?.schema
    if (schema === undefined) return [`${type} is not described`]
    const missing = Object.keys((response.headers as Record<string, unknown> | undefined) ?? {})
      .filter((name) => !headers.has(name) && name !== 'X-Next-Cursor')
      .map((name) => `no header ${name}`)
    if (json === undefined) return missing
    const codes = /`((?:BRO|PVK)-\d{5})`/g
    const described = [...(response.description ?? '').matchAll(codes)].map(([, code]) => code)
    const wrongCode =
      status >= 400 && json.code !== undefined && !described.includes(json.code)
        ? [`${json.code} is not described`]
        : []
    return [...missing, ...wrongCode, ...differences(json, schema, api.components.schemas)]
  }

  test('serves the document', async () => {
    const { status, json } = await gateway.call('GET', '/openapi.json')
    expect(status).toBe(200)
    expect(json).toEqual(api)
  })

  test('serves every path with those methods and no others', async () => {
    for (const [path, methods] of Object.entries(api.paths)) {
      const { status, headers } = await gateway.call('PATCH', path.replace(/\{\w+\}/g, 'x'))
      expect({ path, status, allowed: headers.get('allow')?.split(', ').sort() }).toEqual({
        path,
        status: 405,
        allowed: Object.keys(methods)
          .map((method) => method.toUpperCase())
          .sort(),
      })
    }
  })

  test('lets nobody in without a token where the document asks for one', async () => {
    for (const { method, path, operation } of operations) {
      const { status, text } = await gateway.call(method, path.replace(/\{\w+\}/g, '5'))
      const open = operation.security?.length === 0
      expect({ method, path, in: status !== 401 }).toEqual({ method, path, in: open })
      if (!open) expect(text).toBe('')
    }
  })

  test('answers as described: the life of a resource and a transfer', async () => {
    const { sender, recipient, stranger } = await mintCast(gateway)
    const token = await owner()
    const resources = '/resourceregistry/api/v1/resource'
    await call('GET', '/broker/api/v1/serviceowner', { token, expect: 404 })
    await call('POST', '/broker/api/v1/serviceowner', {
      token,
      json: { name: 'Testetaten', organisationCode: 'ttd' },
      expect: 200,
    })
    await call('POST', '/broker/api/v1/serviceowner', { token, json: { name: 'Testetaten' }, expect: 409 })
    await call('GET', '/broker/api/v1/serviceowner', { token, expect: 200 })

    const created = await call('POST', resources, { token, json: resourceDocument, expect: 201 })
    fits('NewResource', resourceDocument)
    await call('POST', resources, { token, json: { ...resourceDocument, identifier: 'other', title: {} }, expect: 400 })
    await call('POST', resources, { token, json: resourceDocument, expect: 409 })
    await call('GET', `${resources}/described`, { expect: 200 })
    await call('GET', `${resources}/nobodys`, { expect: 404 })
    const etag = created.headers.get('etag')!
    await call('PUT', `${resources}/described`, {
      token,
      json: resourceDocument,
      headers: { 'If-Match': '"999999"' },
      expect: 412,
    })
    await call('PUT', `${resources}/described`, {
      token,
      json: { ...resourceDocument, homepage: 'https://example.com' },
      headers: { 'If-Match': etag },
      expect: 200,
    })
    await call('POST', `${resources}/described/policy`, { token, body: policyForm('<Policy/>'), expect: 400 })
    await call('POST', `${resources}/described/policy`, { token, body: policyForm(policy), expect: 201 })
    await call('PUT', `${resources}/described/policy`, { token, body: policyForm(policy), expect: 201 })
    await call('GET', `${resources}/described/policy`, { expect: 200 })
    await call('PUT', '/broker/api/v1/resource/described', { token, json: { maxFileTransferSize: -1 }, expect: 400 })
    const configuration = { fileTransferTimeToLive: 'P30D', maxFileTransferSize: 1000 }
    fits('BrokerConfiguration', configuration)
    await call('PUT', '/broker/api/v1/resource/described', { token, json: configuration, expect: 204 })
    await call('GET', '/broker/api/v1/resource/described', { token, expect: 200 })
    const approval = { json: { approved: true }, token: await gateway.token(organisations.owner, admin) }
    await call('PUT', '/portvakt/v1/resources/described/unscanned-files', { ...approval, expect: 204 })
    await call('PUT', '/portvakt/v1/resources/described/unscanned-files', { ...approval, json: {}, expect: 400 })

    const transfers = '/broker/api/v1/filetransfer'
    fits('InitializeFileTransfer', initialization)
    await call('POST', transfers, { token: sender, json: { ...initialization, fileName: 7 }, expect: 400 })
    await call('POST', transfers, { token: sender, body: 'x', headers: { 'content-type': 'text/plain' }, expect: 415 })
    await call('POST', transfers, { token: stranger, json: initialization, expect: 401 })
    await call('POST', transfers, { token: recipient, json: initialization, expect: 403 })
    const { json } = await call('POST', transfers, { token: sender, json: initialization, expect: 200 })
    const transfer = `${transfers}/${json.fileTransferId}`
    await call('GET', `${transfer}/download`, { token: recipient, expect: 403 })
    await call('GET', transfer, { token: sender, expect: 200 })
    await call('POST', `${transfer}/upload`, {
      token: sender,
      body: 'contents',
      headers: { 'content-type': 'application/octet-stream' },
      expect: 200,
    })
    await call('POST', `${transfer}/upload`, {
      token: sender,
      body: 'contents',
      headers: { 'content-type': 'application/octet-stream' },
      expect: 409,
    })
    await call('POST', `${transfer}/confirmdownload`, { token: recipient, expect: 400 })
    await call('GET', `${transfers}?resourceId=described&role=Recipient`, { token: recipient, expect: 200 })
    await call('GET', transfers, { token: recipient, expect: 400 })
    await call('GET', `${transfer}/download`, { token: recipient, expect: 200 })
    await call('GET', `${transfer}/download`, { token: recipient, headers: { Range: 'bytes=0-3' }, expect: 206 })
    await call('GET', `${transfer}/download`, { token: recipient, headers: { Range: 'bytes=900-' }, expect: 416 })
    await call('POST', `${transfer}/confirmdownload`, { token: recipient, expect: 204 })
    await call('GET', `${transfer}/details`, { token: recipient, expect: 200 })
    await call('GET', transfer, { token: recipient, headers: { accept: 'text/html' }, expect: 406 })
    await call('GET', `${transfers}/x`, { token: recipient, expect: 400 })
    await call('GET', `${transfers}/469aeef0-9173-43f0-996c-bc184f229852`, { token: recipient, expect: 404 })
    await decisions(token)
  })

  async function decisions(token: string): Promise<void> {
    const record = '/portvakt/v1/decisions'
    const all = await call('GET', `${record}?resource=described&limit=3`, { token, expect: 200 })
    await call('GET', all.json.links.next, { token, expect: 200 })
    await call('GET', `${record}?resource=described&limit=0`, { token, expect: 400 })
    await call('GET', record, { token, expect: 401 })
    const everything = await gateway.call('GET', `${record}?resource=described&limit=100`, { token })
    for (const { id } of everything.json.data) {
      await call('GET', `${record}/${id}`, { token, expect: 200 })
      await call('GET', `${record}/${id}/explanation`, { token, expect: 200 })
    }
    const auditor = await gateway.token(organisations.stranger, 'portvakt:decisions.read')
    await call('GET', `${record}/${everything.json.data[0].id.replace(/.$/, '')}x`, { token: auditor, expect: 404 })
    fits('XacmlRequest', question)
    const authorize = '/authorization/api/v1/authorize'
    await call('POST', authorize, { token, json: question, expect: 200 })
    await call('POST', authorize, { token, json: { Request: 7 }, expect: 400 })
  }

  test('answers as described: access lists', async () => {
    const token = await owner()
    const lists = '/resourceregistry/api/v1/access-lists/ttd'
    await call('PUT', `${lists}/partners`, { token, json: { name: 'Partners' }, expect: 200 })
    await call('PUT', `${lists}/partners`, { token, json: { name: 7 }, expect: 400 })
    await call('PUT', `${lists}/others`, { token, json: { name: 'Others', description: 'A second' }, expect: 200 })
    await call('GET', lists, { token, expect: 200 })
    const { headers } = await call('GET', `${lists}/partners`, { token, expect: 200 })
    await call('GET', `${lists}/partners`, { token, headers: { 'If-None-Match': headers.get('etag')! }, expect: 304 })
    await call('GET', `${lists}/nobodys`, { token, expect: 404 })
    const data = [`urn:altinn:organization:identifier-no:${organisations.sender}`]
    for (const method of ['POST', 'PUT', 'DELETE'])
      await call(method, `${lists}/partners/members`, { token, json: { data }, expect: 200 })
    await call('POST', `${lists}/partners/members`, { token, json: { data: ['nobody'] }, expect: 400 })
    await call('POST', `${lists}/partners/members`, { token, json: { data }, expect: 200 })
    await call('GET', `${lists}/partners/members`, { token, expect: 200 })
    const connection = `${lists}/partners/resource-connections/described`
    await call('PUT', connection, { token, json: { actionFilters: ['read'] }, expect: 200 })
    await call('GET', `${lists}/partners/resource-connections`, { token, expect: 200 })
    await call('DELETE', connection, { token, expect: 200 })
    await call('DELETE', connection, { token, expect: 204 })
    await call('DELETE', `${lists}/partners`, { token, expect: 200 })
    await call('DELETE', `${lists}/partners`, { token, expect: 204 })
  })

  test('answers as described: systems and system users', async () => {
    const vendor = await gateway.token(organisations.vendor, 'altinn:authentication/systemregister.write')
    const party = await gateway.token(organisations.sender, 'altinn:authentication/systemuser.write')
    const systems = '/authentication/api/v1/systemregister/vendor'
    const rights = [{ action: 'write', resource: [{ id: 'urn:altinn:resource', value: 'described' }] }]
    const id = `${organisations.vendor}_archive`
    const system = {
      id,
      vendor: { ID: `0192:${organisations.vendor}` },
      name: { en: 'Archive' },
      description: 'Keeps',
      rights,
    }
    fits('NewSystem', system)
    await call('POST', systems, { token: vendor, json: system, expect: 200 })
    await call('POST', systems, { token: vendor, json: { ...system, id: 7 }, expect: 400 })
    await call('GET', `${systems}/${id}`, { token: vendor, expect: 200 })
    await call('PUT', `${systems}/${id}`, { token: vendor, json: { name: 'Archive', rights }, expect: 200 })
    const users = `/authentication/api/v1/systemuser/${organisations.sender}`
    await call('POST', users, { token: vendor, json: { systemId: id }, expect: 403 })
    await call('POST', users, { token: party, json: { systemId: 7 }, expect: 400 })
    const made = await call('POST', users, {
      token: party,
      json: { systemId: id, integrationTitle: 'Ours' },
      expect: 201,
    })
    const user = `${users}/${made.json.id}`
    await call('POST', `${user}/rights`, { token: party, json: { rights }, expect: 200 })
    await call('GET', users, { token: party, expect: 200 })
    await call('GET', user, { token: party, expect: 200 })
    await call('DELETE', `${user}/rights`, { token: party, json: { rights }, expect: 200 })
    await call('DELETE', user, { token: party, expect: 200 })
    await call('DELETE', `${systems}/${id}`, { token: vendor, expect: 200 })
    await call('GET', `${systems}/${id}`, { token: vendor, expect: 404 })
  })

  test('answers as described: the rest', async () => {
    const token = await owner()
    await call('GET', '/health', { expect: 200 })
    await call('GET', '/ready', { expect: 200 })
    await call('GET', '/metrics', { expect: 200 })
    await call('GET', '/openapi.json', { expect: 200 })
    await call('DELETE', '/resourceregistry/api/v1/resource/described', { token, expect: 204 })
  })

  test('every operation has been answered well', () => {
    const wanted = operations.map(({ method, path }) => `${method} ${path}`)
    const answered = new Set([...used].filter((one) => / 2\d\d$/.test(one)).map((one) => one.replace(/ \d+$/, '')))
    expect(wanted.filter((one) => !answered.has(one))).toEqual([])
  })
})

function operationFor(
  document: OpenApi,
  method: string,
  address: string,
): { readonly path: string; readonly operation: OperationObject } {
  const pathname = address.replace(/\?.*/, '')
  const fitting = Object.keys(document.paths).find(
    (path) =>
      new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname) &&
      document.paths[path]![method.toLowerCase()] !== undefined,
  )
  if (fitting === undefined) throw new Error(`${method} ${pathname} is not in the document`)
  return { path: fitting, operation: document.paths[fitting]![method.toLowerCase()]! }
}

/** What is sent fits the schema of what is taken. */
function fits(schema: string, value: unknown): void {
  const schemas: Readonly<Record<string, Schema>> = api.components.schemas
  expect(differences(value, follow(`#/components/schemas/${schema}`, schemas), schemas)).toEqual([])
}
