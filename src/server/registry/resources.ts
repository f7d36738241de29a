/** The resource registry and its policies (contract of the resource registry, section 2). */
import { askAboutOwned, askAboutResource, askUnnamed } from '../../collect/questions.ts'
import type { Handled, Route } from '../../pipeline.ts'
import {
  createResource,
  deleteResource,
  findPolicy,
  findResource,
  type Precondition,
  parseOrganisation,
  putPolicy,
  type Resource,
  updateResource,
} from '../../registry/index.ts'
import type { Authenticated, Collected, Decided, Grant, Malformed } from '../../steps.ts'
import type { Problem } from '../../xacml/index.ts'
import { type Answer, emptyAnswer, jsonAnswer, textAnswer } from '../answer.ts'
import { type BodyBounds, readBody } from '../body.ts'
import { type DoorRequest, type Endpoint, endpoint } from '../door.ts'
import { collected, done, failed, malformed, readJson } from '../route.ts'
import {
  type Administration,
  isMalformed,
  members,
  readPrecondition,
  versionHeader,
  writerOf,
  written,
} from './administration.ts'

export interface ResourceAdministration extends Administration {
  readonly policyBounds: BodyBounds
  /** Everything that is wrong with an upload, errors first. */
  checkUpload(text: string, resource: string): readonly Problem[]
}

const base = '/resourceregistry/api/v1/resource'
const json = 'application/json'

export const resourceEndpoints = (administration: ResourceAdministration): readonly Endpoint[] => [
  endpoint({
    method: 'POST',
    path: base,
    operation: 'resource-create',
    produces: json,
    route: (request) => create(administration, request),
  }),
  endpoint({
    method: 'GET',
    path: `${base}/:id`,
    operation: 'resource-read',
    produces: json,
    route: (request) => read(administration, request),
  }),
  endpoint({
    method: 'PUT',
    path: `${base}/:id`,
    operation: 'resource-update',
    produces: json,
    route: (request) => update(administration, request),
  }),
  endpoint({
    method: 'DELETE',
    path: `${base}/:id`,
    operation: 'resource-delete',
    route: (request) => remove(administration, request),
  }),
  endpoint({
    method: 'GET',
    path: `${base}/:id/policy`,
    operation: 'policy-read',
    route: (request) => readPolicy(administration, request),
  }),
  endpoint({
    method: 'POST',
    path: `${base}/:id/policy`,
    operation: 'policy-upload',
    produces: json,
    route: (request) => upload(administration, request),
  }),
  endpoint({
    method: 'PUT',
    path: `${base}/:id/policy`,
    operation: 'policy-upload',
    produces: json,
    route: (request) => upload(administration, request),
  }),
]

interface Written {
  readonly body: unknown
  readonly precondition: Precondition
}

/** The owner is the one that the document names: nobody can create a resource for somebody else. */
function create(administration: Administration, request: DoorRequest): Route<Written | undefined, Answer> {
  return {
    async collect(authenticated) {
      const body = await readJson(request, administration.bounds)
      if (!body.ok) return malformed(authenticated, askUnnamed('write'), body.malformed)
      const authority = members(members(body.value).get('hascompetentauthority')).get('organization')
      const owner = typeof authority === 'string' ? parseOrganisation(authority) : undefined
      // without an owner there is nobody to compare with: the document is malformed, and is answered as such
      const question = owner === undefined ? askUnnamed('write') : askAboutOwned('write', [owner])
      const precondition = readPrecondition(request)
      if (isMalformed(precondition)) return malformed(authenticated, question, precondition)
      if (owner === undefined) {
        const errors = { 'hasCompetentAuthority.organization': ['The organisation number of the owner is required.'] }
        return malformed(authenticated, question, { code: 'PVK-00001', errors })
      }
      return collected(authenticated, question, { body: body.value, precondition })
    },
    async handle(grant, given, decided) {
      const { body, precondition } = given!
      const result = await createResource(administration.sql, writerOf(grant, decided), body, {
        precondition,
        author: grant.decisionId,
      })
      return written(administration, grant, result, (resource) =>
        shown(201, resource, { Location: `${base}/${resource.identifier}` }),
      )
    },
  }
}

const shown = (status: number, resource: Resource, headers: Readonly<Record<string, string>> = {}): Answer =>
  jsonAnswer(
    status,
    { ...resource.document, versionId: resource.version },
    { ...versionHeader(resource.version), ...headers },
  )

function read(administration: Administration, request: DoorRequest): Route<string, Answer> {
  return {
    collect: async (authenticated) =>
      collected(authenticated, askAboutResource('read', request.params.id!), request.params.id!),
    async handle(grant, id) {
      const resource = await findResource(administration.sql, id)
      return resource === undefined ? notThere(grant) : done(shown(200, resource))
    },
  }
}

const notThere = (grant: Grant): Handled<Answer> => failed(grant, { kind: 'problem', code: 'PVK-00014' })

async function collectWrite(
  { bounds }: Administration,
  request: DoorRequest,
  authenticated: Authenticated,
  hasBody: boolean,
): Promise<Collected<Written | undefined>> {
  const question = askAboutResource('write', request.params.id!)
  const body = hasBody ? await readJson(request, bounds) : { ok: true as const, value: undefined }
  if (!body.ok) return malformed(authenticated, question, body.malformed)
  const precondition = readPrecondition(request)
  if (isMalformed(precondition)) return malformed(authenticated, question, precondition)
  return collected(authenticated, question, { body: body.value, precondition })
}

function update(administration: Administration, request: DoorRequest): Route<Written | undefined, Answer> {
  return {
    collect: (authenticated) => collectWrite(administration, request, authenticated, true),
    async handle(grant, given, decided) {
      const { body, precondition } = given!
      const writer = writerOf(grant, decided)
      const result = await updateResource(administration.sql, writer, request.params.id!, body, {
        precondition,
        author: grant.decisionId,
      })
      return written(administration, grant, result, (resource) => shown(200, resource))
    },
  }
}

function remove(administration: Administration, request: DoorRequest): Route<Written | undefined, Answer> {
  return {
    collect: (authenticated) => collectWrite(administration, request, authenticated, false),
    async handle(grant, given, decided) {
      const options = { precondition: given!.precondition, author: grant.decisionId }
      const result = await deleteResource(administration.sql, writerOf(grant, decided), request.params.id!, options)
      return written(administration, grant, result, () => emptyAnswer(204))
    },
  }
}

/* ── policies ───────────────────────────────────────────────────────────────────────────────────────────────── */

function readPolicy(administration: Administration, request: DoorRequest): Route<string, Answer> {
  return {
    collect: async (authenticated) =>
      collected(authenticated, askAboutResource('read', request.params.id!), request.params.id!),
    async handle(grant, id) {
      const policy = await findPolicy(administration.sql, id)
      if (policy === undefined) return notThere(grant)
      const headers = {
        'Content-Disposition': 'attachment; filename="policy.xml"',
        ...versionHeader(policy.version),
        'X-Policy-Version': String(policy.number),
        'X-Policy-Hash': policy.hash,
      }
      return done(textAnswer(200, 'text/xml; charset=utf-8', policy.text, headers))
    },
  }
}

interface Upload {
  readonly text: string
  readonly precondition: Precondition
}

function upload(administration: ResourceAdministration, request: DoorRequest): Route<Upload | undefined, Answer> {
  return {
    async collect(authenticated) {
      const question = askAboutResource('write', request.params.id!)
      const precondition = readPrecondition(request)
      if (isMalformed(precondition)) return malformed(authenticated, question, precondition)
      const file = await readPolicyFile(request, administration.policyBounds)
      if ('code' in file) return malformed(authenticated, question, file)
      return collected(authenticated, question, { text: file.text, precondition })
    },
    handle: (grant, given, decided) => put(administration, request.params.id!, given!, grant, decided),
  }
}

async function put(
  administration: ResourceAdministration,
  id: string,
  { text, precondition }: Upload,
  grant: Grant,
  decided: Decided<unknown>,
): Promise<Handled<Answer>> {
  const options = { precondition, author: grant.decisionId }
  const result = await putPolicy(
    administration.sql,
    writerOf(grant, decided),
    id,
    text,
    administration.checkUpload,
    options,
  )
  if (result.kind === 'policy-refused') {
    const errors = { policyFile: result.problems.map(printProblem) }
    return failed(grant, { kind: 'problem', code: 'PVK-00016', detail: printProblem(result.problems[0]!), errors })
  }
  return written(administration, grant, result, ({ policy, warnings }) =>
    jsonAnswer(
      201,
      { resource: policy.resource, version: policy.number, hash: policy.hash, warnings: warnings.map(printProblem) },
      { Location: `${base}/${id}/policy`, ...versionHeader(policy.version) },
    ),
  )
}

/** `line 12, column 5: unknown function … (XACML-UNKNOWN-FUNCTION)`. */
const printProblem = ({ at, message, code }: Problem): string =>
  `${at === undefined ? '' : `line ${at.line}, column ${at.column}: `}${message} (${code})`

/** The file field `policyFile` of a multipart form. */
async function readPolicyFile(
  request: DoorRequest,
  bounds: BodyBounds,
): Promise<{ readonly text: string } | Malformed> {
  const contentType = request.header('content-type') ?? ''
  if (!/^multipart\/form-data\s*;/i.test(contentType))
    return { code: 'PVK-00008', detail: 'The body must be multipart/form-data' }
  const body = await readBody(request.incoming, request.outgoing, { ...bounds, size: bounds.size + formOverhead })
  if (!body.ok) return { code: body.code }
  try {
    const form = await new Response(new Uint8Array(body.bytes), { headers: { 'Content-Type': contentType } }).formData()
    const file = form.getAll('policyFile')
    const [only] = file
    if (file.length !== 1 || only === undefined) return missingFile
    const bytes = typeof only === 'string' ? new TextEncoder().encode(only) : new Uint8Array(await only.arrayBuffer())
    if (bytes.length > bounds.size) return { code: 'PVK-00007' }
    // the byte order mark stays: the parser says what it thinks of it
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { code: 'PVK-00001', errors: { policyFile: ['The form or the policy in it cannot be read as UTF-8.'] } }
  }
}

/** Bytes for boundaries, headers and other fields. */
const formOverhead = 65_536
const missingFile: Malformed = {
  code: 'PVK-00001',
  errors: { policyFile: ['One file field named policyFile is required.'] },
}
