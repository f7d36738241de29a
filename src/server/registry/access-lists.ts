/** Access lists, their members and the resources that they are connected to (contract of the registry, section 3). */
import { askAboutOwned } from '../../collect/questions.ts'
import type { Handled, Route } from '../../pipeline.ts'
import {
  type AccessList,
  addMembers,
  type Connection,
  deleteAccessList,
  deleteConnection,
  findAccessList,
  findServiceOwnerByCode,
  type ListName,
  listAccessLists,
  listConnections,
  listMembers,
  type Member,
  meets,
  type Precondition,
  putAccessList,
  putConnection,
  removeMembers,
  replaceMembers,
  type WriteOptions,
  type Writer,
} from '../../registry/index.ts'
import type { Authenticated, Collected, Grant } from '../../steps.ts'
import { type Answer, emptyAnswer, jsonAnswer } from '../answer.ts'
import { type DoorRequest, type Endpoint, endpoint } from '../door.ts'
import { collected, done, failed, malformed, readJson } from '../route.ts'
import {
  type Administration,
  isMalformed,
  members,
  readPrecondition,
  readsOnly,
  versionHeader,
  writerOf,
  written,
} from './administration.ts'

const base = '/resourceregistry/api/v1/access-lists/:owner'
const json = 'application/json'

/** What every request here names: a list of an owner, a body, and a condition. */
interface Named {
  readonly list: ListName
  readonly body: unknown
  readonly precondition: Precondition
}

type Act = (
  administration: Administration,
  named: Named,
  request: DoorRequest,
  writer: Writer,
  grant: Grant,
) => Promise<Handled<Answer>>

export function accessListEndpoints(administration: Administration): readonly Endpoint[] {
  const row = (method: Endpoint['method'], path: string, act: Act, hasBody: boolean): Endpoint =>
    endpoint({
      method,
      path: base + path,
      operation: method === 'GET' ? 'access-list-read' : 'access-list-write',
      produces: json,
      route: (request) => route(administration, request, hasBody, act),
    })
  return [
    row('GET', '', lists, false),
    row('GET', '/:list', read, false),
    row('PUT', '/:list', put, true),
    row('DELETE', '/:list', remove, false),
    row('GET', '/:list/members', readMembers, false),
    row('PUT', '/:list/members', changeMembers(replaceMembers), true),
    row('POST', '/:list/members', changeMembers(addMembers), true),
    row('DELETE', '/:list/members', changeMembers(removeMembers), true),
    row('GET', '/:list/resource-connections', readConnections, false),
    row('PUT', '/:list/resource-connections/:resource', connect, true),
    row('DELETE', '/:list/resource-connections/:resource', disconnect, false),
  ]
}

function route(
  administration: Administration,
  request: DoorRequest,
  hasBody: boolean,
  act: Act,
): Route<Named | undefined, Answer> {
  return {
    collect: (authenticated) => collect(administration, request, authenticated, hasBody),
    handle: (grant, named, decided) => act(administration, named!, request, writerOf(grant, decided), grant),
  }
}

/** The owner is known by its code; a code that nobody has is owned by nobody, and is not found. */
async function collect(
  { sql, bounds }: Administration,
  request: DoorRequest,
  authenticated: Authenticated,
  hasBody: boolean,
): Promise<Collected<Named | undefined>> {
  const owner = await findServiceOwnerByCode(sql, request.params.owner!)
  const action = readsOnly(request) ? 'read' : 'write'
  const question = askAboutOwned(action, owner === undefined ? [] : [owner.organisation], owner !== undefined)
  const body = hasBody ? await readJson(request, bounds) : { ok: true as const, value: undefined }
  if (!body.ok) return malformed(authenticated, question, body.malformed)
  const precondition = readPrecondition(request)
  if (isMalformed(precondition)) return malformed(authenticated, question, precondition)
  const list = { owner: owner?.code ?? '', identifier: request.params.list ?? '' }
  return collected(authenticated, question, { list, body: body.value, precondition })
}

const optionsOf = ({ precondition }: Named, grant: Grant): WriteOptions => ({ precondition, author: grant.decisionId })

/* ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────── */

const listJson = (list: AccessList) => ({
  urn: `urn:altinn:access-list:${list.owner}:${list.identifier}`,
  identifier: list.identifier,
  name: list.name,
  description: list.description,
  createdAt: list.createdAt.toISOString(),
  updatedAt: list.updatedAt.toISOString(),
})

const shown = (list: AccessList): Answer =>
  jsonAnswer(200, listJson(list), { ...versionHeader(list.version), 'Last-Modified': list.updatedAt.toUTCString() })

/** The wrapper of every list of the registries: `links.next` is the address of the next page. */
function page<T>(
  request: DoorRequest,
  rows: readonly T[],
  size: number,
  key: (row: T) => string,
  print: (row: T) => unknown,
) {
  const last = rows[size - 1]
  const next = rows.length > size && last !== undefined ? nextLink(request, key(last)) : null
  return { links: { next }, data: rows.slice(0, size).map(print) }
}

function nextLink({ incoming }: DoorRequest, after: string): string {
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  url.searchParams.set('token', Buffer.from(after).toString('base64url'))
  return url.pathname + url.search
}

const afterOf = ({ query }: DoorRequest): string =>
  Buffer.from(query.get('token') ?? '', 'base64url')
    .toString('utf8')
    .slice(0, 500)

const lists: Act = async ({ sql }, { list }, request) => {
  const rows = await listAccessLists(sql, list.owner, { after: afterOf(request), limit: 21 })
  return done(
    jsonAnswer(
      200,
      page(request, rows, 20, ({ identifier }) => identifier, listJson),
    ),
  )
}

const read: Act = async ({ sql }, { list, precondition }, _request, _writer, grant) => {
  const found = await findAccessList(sql, list)
  if (precondition.ifMatch !== undefined && !meets({ ifMatch: precondition.ifMatch }, found?.version)) {
    return failed(grant, { kind: 'problem', code: 'PVK-00015' })
  }
  if (found === undefined) return failed(grant, { kind: 'problem', code: 'PVK-00014' })
  if (precondition.ifNoneMatch !== undefined && !meets({ ifNoneMatch: precondition.ifNoneMatch }, found.version)) {
    return done(emptyAnswer(304, versionHeader(found.version)))
  }
  return done(shown(found))
}

const put: Act = async (administration, named, _request, writer, grant) => {
  const given = members(named.body)
  const name = given.get('name')
  const description = given.get('description')
  if (
    typeof name !== 'string' ||
    (description !== undefined && description !== null && typeof description !== 'string')
  ) {
    return failed(grant, {
      kind: 'problem',
      code: 'PVK-00001',
      errors: { name: ['A name is required; name and description are texts.'] },
    })
  }
  const values = { name, ...(typeof description === 'string' ? { description } : {}) }
  const result = await putAccessList(administration.sql, writer, named.list, values, optionsOf(named, grant))
  return written(administration, grant, result, shown)
}

const remove: Act = async (administration, named, _request, writer, grant) => {
  const result = await deleteAccessList(administration.sql, writer, named.list, optionsOf(named, grant))
  if (result.kind === 'not-found') return done(emptyAnswer(204))
  return written(administration, grant, result, shown)
}

/* ── members ────────────────────────────────────────────────────────────────────────────────────────────────── */

const memberJson = ({ party, organisation, since }: Member) => ({
  id: `urn:altinn:party:uuid:${party}`,
  since: since.toISOString(),
  identifiers: { 'urn:altinn:party:uuid': party, 'urn:altinn:organization:identifier-no': organisation },
})

async function memberPage(
  administration: Administration,
  list: ListName,
  request: DoorRequest,
  after: string,
): Promise<unknown> {
  const rows = await listMembers(administration.sql, list, { after, limit: 101 })
  return page(request, rows, 100, ({ organisation }) => organisation, memberJson)
}

const readMembers: Act = async (administration, { list }, request, _writer, grant) => {
  const found = await findAccessList(administration.sql, list)
  if (found === undefined) return failed(grant, { kind: 'problem', code: 'PVK-00014' })
  return done(
    jsonAnswer(200, await memberPage(administration, list, request, afterOf(request)), versionHeader(found.version)),
  )
}

/** Add, remove and replace differ in the function alone; each answers with the first page of what the list now holds. */
const changeMembers =
  (change: typeof addMembers): Act =>
  async (administration, named, request, writer, grant) => {
    const data = members(named.body).get('data')
    if (!Array.isArray(data) || !data.every((member) => typeof member === 'string')) {
      return failed(grant, {
        kind: 'problem',
        code: 'PVK-00001',
        errors: { data: ['A list of member URNs is required.'] },
      })
    }
    const result = await change(administration.sql, writer, named.list, data, optionsOf(named, grant))
    if (result.kind !== 'done') return written(administration, grant, result, () => emptyAnswer(200))
    if (result.changed) await administration.catchUp()
    const body = await memberPage(administration, named.list, request, '')
    return done(jsonAnswer(200, body, versionHeader(result.value.version)))
  }

/* ── connections ────────────────────────────────────────────────────────────────────────────────────────────── */

const connectionJson = (connection: Connection) => ({
  resourceIdentifier: connection.resource,
  actionFilters: connection.actionFilters,
  createdAt: connection.createdAt.toISOString(),
  updatedAt: connection.updatedAt.toISOString(),
})

const readConnections: Act = async ({ sql }, { list }, request, _writer, grant) => {
  const found = await findAccessList(sql, list)
  if (found === undefined) return failed(grant, { kind: 'problem', code: 'PVK-00014' })
  const rows = await listConnections(sql, list, { after: afterOf(request), limit: 101 })
  return done(
    jsonAnswer(
      200,
      page(request, rows, 100, ({ resource }) => resource, connectionJson),
      versionHeader(found.version),
    ),
  )
}

const connect: Act = async (administration, named, request, writer, grant) => {
  const filters = members(named.body).get('actionfilters') ?? []
  if (!Array.isArray(filters) || !filters.every((filter) => typeof filter === 'string')) {
    return failed(grant, {
      kind: 'problem',
      code: 'PVK-00001',
      errors: { actionFilters: ['A list of actions is expected.'] },
    })
  }
  const result = await putConnection(
    administration.sql,
    writer,
    named.list,
    request.params.resource!,
    filters,
    optionsOf(named, grant),
  )
  return written(administration, grant, result, (connection) => jsonAnswer(200, connectionJson(connection)))
}

const disconnect: Act = async (administration, named, request, writer, grant) => {
  const result = await deleteConnection(
    administration.sql,
    writer,
    named.list,
    request.params.resource!,
    optionsOf(named, grant),
  )
  if (result.kind === 'not-found') return done(emptyAnswer(204))
  return written(administration, grant, result, (connection) => jsonAnswer(200, connectionJson(connection)))
}
