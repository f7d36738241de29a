/**
 * Systems and system users (contract of the system register, section 4, first part). A vendor registers a system; a party
 * makes a system user of it and gives it rights. The vendor never does: its scope does not lead here.
 */
import { askAboutOwned, askUnnamed } from '../../collect/questions.ts'
import type { Handled, Route } from '../../pipeline.ts'
import {
  type AskedRight,
  createSystemUser,
  deleteSystem,
  findSystem,
  findSystemUser,
  grantRights,
  listSystemUsers,
  type Precondition,
  parseOrganisation,
  type Right,
  registerSystem,
  type System,
  type SystemUser,
  updateSystem,
  withdrawRights,
  withdrawSystemUser,
} from '../../registry/index.ts'
import type { Authenticated, Collected, Decided, Grant } from '../../steps.ts'
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

const systems = '/authentication/api/v1/systemregister/vendor'
const users = '/authentication/api/v1/systemuser/:party'
const json = 'application/json'

interface Given {
  readonly body: ReadonlyMap<string, unknown>
  readonly precondition: Precondition
}

type Act = (
  administration: Administration,
  given: Given,
  request: DoorRequest,
  grant: Grant,
  decided: Decided<unknown>,
) => Promise<Handled<Answer>>

export function systemEndpoints(administration: Administration): readonly Endpoint[] {
  const row = (method: Endpoint['method'], path: string, operation: string, collectOwner: Owner, act: Act): Endpoint =>
    endpoint({
      method,
      path,
      operation,
      produces: json,
      route: (request) => route(administration, request, collectOwner, act),
    })
  return [
    row('POST', systems, 'system-register', vendorOfBody, register),
    row('GET', `${systems}/:system`, 'system-read', vendorOfSystem, readSystem),
    row('PUT', `${systems}/:system`, 'system-change', vendorOfSystem, changeSystem),
    row('DELETE', `${systems}/:system`, 'system-change', vendorOfSystem, removeSystem),
    row('GET', users, 'system-user-read', partyOfPath, readUsers),
    row('POST', users, 'system-user-create', partyOfPath, createUser),
    row('GET', `${users}/:user`, 'system-user-read', partyOfPath, readUser),
    row('DELETE', `${users}/:user`, 'system-user-change', partyOfPath, removeUser),
    row('POST', `${users}/:user/rights`, 'system-user-change', partyOfPath, changeRights(grantRights)),
    row('DELETE', `${users}/:user/rights`, 'system-user-change', partyOfPath, changeRights(withdrawRights)),
  ]
}

/** Whom the act concerns: nine digits; undefined when the request does not say; nobody when the entry is not there. */
type Owner = (
  administration: Administration,
  request: DoorRequest,
  body: ReadonlyMap<string, unknown>,
) => Promise<string | 'nobody' | undefined>

function route(
  administration: Administration,
  request: DoorRequest,
  owner: Owner,
  act: Act,
): Route<Given | undefined, Answer> {
  return {
    collect: (authenticated) => collect(administration, request, authenticated, owner),
    handle: (grant, given, decided) => act(administration, given!, request, grant, decided),
  }
}

async function collect(
  administration: Administration,
  request: DoorRequest,
  authenticated: Authenticated,
  ownerOf: Owner,
): Promise<Collected<Given | undefined>> {
  const action = readsOnly(request) ? 'read' : 'write'
  const mayHaveBody = !readsOnly(request) && request.header('content-type') !== undefined
  const read = mayHaveBody ? await readJson(request, administration.bounds) : { ok: true as const, value: undefined }
  const body = members(read.ok ? read.value : undefined)
  const owner = await ownerOf(administration, request, body)
  const question =
    owner === undefined
      ? askUnnamed(action)
      : askAboutOwned(action, owner === 'nobody' ? [] : [owner], owner !== 'nobody')
  if (!read.ok) return malformed(authenticated, question, read.malformed)
  if (owner === undefined) return malformed(authenticated, question, notNamed)
  const precondition = readPrecondition(request)
  if (isMalformed(precondition)) return malformed(authenticated, question, precondition)
  return collected(authenticated, question, { body, precondition })
}

const notNamed = {
  code: 'PVK-00001',
  errors: {
    $: ['The organisation number of the vendor or party is required, nine digits with or without the prefix 0192:.'],
  },
} as const

const vendorOfBody: Owner = async (_administration, _request, body) => {
  const id = members(body.get('vendor')).get('id')
  return typeof id === 'string' ? parseOrganisation(id) : undefined
}

const vendorOfSystem: Owner = async ({ sql }, request) =>
  (await findSystem(sql, request.params.system!))?.vendor ?? 'nobody'

const partyOfPath: Owner = async (_administration, request) => parseOrganisation(request.params.party!)

/* ── systems ────────────────────────────────────────────────────────────────────────────────────────────────── */

function systemJson(system: System) {
  return {
    id: system.id,
    vendor: { authority: 'iso6523-actorid-upis', ID: `0192:${system.vendor}` },
    name: system.name,
    description: system.description,
    rights: system.rights.map(rightJson),
  }
}

const rightJson = ({ resource, action }: AskedRight) => ({
  ...(action === undefined ? {} : { action }),
  resource: [{ id: 'urn:altinn:resource', value: resource }],
})

const shownSystem = (system: System): Answer => jsonAnswer(200, systemJson(system), versionHeader(system.version))

const register: Act = async (administration, { body, precondition }, _request, grant, decided) => {
  const vendor = await vendorOfBody(administration, _request, body)
  const values = systemValues(body)
  const id = body.get('id')
  if (values === undefined || typeof id !== 'string') return wrong(grant, 'id, name and rights are required')
  const writer = writerOf(grant, decided)
  const result = await registerSystem(
    administration.sql,
    writer,
    { ...values, id, vendor: vendor! },
    { precondition, author: grant.decisionId },
  )
  return written(administration, grant, result, shownSystem)
}

function systemValues(body: ReadonlyMap<string, unknown>) {
  const name = textOf(body.get('name'))
  const description = textOf(body.get('description')) ?? ''
  const rights = rightsOf(body.get('rights') ?? [])
  return name === undefined || rights === undefined ? undefined : { name, description, rights }
}

/** A text, or the first of the languages that it is given in. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const languages = members(value)
  const text = languages.get('nb') ?? languages.get('en') ?? languages.get('nn')
  return typeof text === 'string' ? text : undefined
}

/** `[{action?, resource: [{id: "urn:altinn:resource", value}]}]`, as in the register that clients know. */
function rightsOf(value: unknown): readonly AskedRight[] | undefined {
  if (!Array.isArray(value) || value.length > 500) return undefined
  const rights: AskedRight[] = []
  for (const entry of value) {
    const right = members(entry)
    const action = right.get('action')
    const named = right.get('resource')
    const resource = members(Array.isArray(named) && named.length === 1 ? named[0] : undefined)
    const id = resource.get('value')
    if (typeof id !== 'string' || resource.get('id') !== 'urn:altinn:resource') return undefined
    if (action !== undefined && action !== null && typeof action !== 'string') return undefined
    rights.push(typeof action === 'string' ? { resource: id, action } : { resource: id })
  }
  return rights
}

const wrong = (grant: Grant, message: string): Handled<Answer> =>
  failed(grant, { kind: 'problem', code: 'PVK-00001', errors: { $: [message] } })

const readSystem: Act = async ({ sql }, _given, request, grant) => {
  const system = await findSystem(sql, request.params.system!)
  return system === undefined ? failed(grant, { kind: 'problem', code: 'PVK-00014' }) : done(shownSystem(system))
}

const changeSystem: Act = async (administration, { body, precondition }, request, grant, decided) => {
  const values = systemValues(body)
  if (values === undefined) return wrong(grant, 'name and rights are required')
  const options = { precondition, author: grant.decisionId }
  const result = await updateSystem(
    administration.sql,
    writerOf(grant, decided),
    request.params.system!,
    values,
    options,
  )
  return written(administration, grant, result, shownSystem)
}

const removeSystem: Act = async (administration, { precondition }, request, grant, decided) => {
  const options = { precondition, author: grant.decisionId }
  const result = await deleteSystem(administration.sql, writerOf(grant, decided), request.params.system!, options)
  return written(administration, grant, result, () => emptyAnswer(200))
}

/* ── system users ───────────────────────────────────────────────────────────────────────────────────────────── */

const userJson = (user: SystemUser) => ({
  id: user.id,
  integrationTitle: user.title,
  systemId: user.system,
  reporteeOrgNo: user.party,
  supplierOrgno: user.vendor,
  userType: 'standard',
  rights: user.rights.map(rightJson),
  created: user.createdAt.toISOString(),
  isDeleted: user.withdrawn,
})

const shownUser =
  (status: number) =>
  (user: SystemUser): Answer =>
    jsonAnswer(status, userJson(user), versionHeader(user.version))

const partyOf = (request: DoorRequest): string => parseOrganisation(request.params.party!)!

const readUsers: Act = async ({ sql }, _given, request) =>
  done(
    jsonAnswer(200, {
      links: { next: null },
      data: (await listSystemUsers(sql, partyOf(request), 1_000)).map(userJson),
    }),
  )

/** A system user is shown and changed only under the party that the decision was about. */
async function ownUser({ sql }: Administration, request: DoorRequest): Promise<SystemUser | undefined> {
  const user = await findSystemUser(sql, request.params.user!)
  return user?.party === partyOf(request) ? user : undefined
}

const readUser: Act = async (administration, _given, request, grant) => {
  const user = await ownUser(administration, request)
  return user === undefined ? failed(grant, { kind: 'problem', code: 'PVK-00014' }) : done(shownUser(200)(user))
}

const createUser: Act = async (administration, { body, precondition }, request, grant, decided) => {
  const system = body.get('systemid')
  const title = body.get('integrationtitle')
  const rights = exactRights(body.get('rights') ?? [])
  if (typeof system !== 'string' || rights === undefined || (title !== undefined && typeof title !== 'string')) {
    return wrong(grant, 'systemId is required, and every right names an action and a resource')
  }
  const given = { party: partyOf(request), system, rights, ...(title === undefined ? {} : { title }) }
  const result = await createSystemUser(administration.sql, writerOf(grant, decided), given, {
    precondition,
    author: grant.decisionId,
  })
  return written(administration, grant, result, shownUser(201))
}

/** What is given is exact: an action on a resource, each. */
function exactRights(value: unknown): readonly Right[] | undefined {
  const rights = rightsOf(value)
  if (rights === undefined || rights.some(({ action }) => action === undefined)) return undefined
  return rights.map(({ resource, action }) => ({ resource, action: action! }))
}

const changeRights =
  (change: typeof grantRights): Act =>
  async (administration, { body, precondition }, request, grant, decided) => {
    const rights = exactRights(body.get('rights'))
    if (rights === undefined) return wrong(grant, 'rights are required, each with an action and a resource')
    const user = await ownUser(administration, request)
    if (user === undefined) return failed(grant, { kind: 'problem', code: 'PVK-00014' })
    const options = { precondition, author: grant.decisionId }
    const result = await change(administration.sql, writerOf(grant, decided), user.id, rights, options)
    return written(administration, grant, result, shownUser(200))
  }

const removeUser: Act = async (administration, { precondition }, request, grant, decided) => {
  const user = await ownUser(administration, request)
  if (user === undefined) return failed(grant, { kind: 'problem', code: 'PVK-00014' })
  const options = { precondition, author: grant.decisionId }
  const result = await withdrawSystemUser(administration.sql, writerOf(grant, decided), user.id, options)
  return written(administration, grant, result, () => emptyAnswer(200))
}
