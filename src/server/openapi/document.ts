/**
 * The description of the HTTP API (OpenAPI 3.1), made from the tables that the doors are made from: an endpoint is in it
 * because it is there. What a row of a table does not say stands beside it in the tables of this folder.
 */
import { type ProblemCode, problems } from '../../problems.ts'
import { jsonAnswer } from '../answer.ts'
import type { Endpoint, Undecided } from '../door.ts'
import { brokerOperations } from './broker-operations.ts'
import { decisionOperations, openOperations } from './decision-operations.ts'
import type { AnswerDescription, Description } from './operation.ts'
import { registryOperations } from './registry-operations.ts'
import { ref, type Schema } from './schema.ts'
import { schemas } from './schemas.ts'

/** Every description, by method and Hono pattern. */
export const descriptions: Readonly<Record<string, Description>> = {
  ...brokerOperations,
  ...registryOperations,
  ...decisionOperations,
  ...openOperations,
}

type DescribedRow = Pick<Undecided, 'method' | 'path'> & Partial<Pick<Endpoint, 'operation' | 'produces'>>

export interface OpenApi {
  readonly openapi: string
  readonly info: Readonly<Record<string, unknown>>
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {
    readonly responses: Readonly<Record<string, ResponseObject>>
    readonly schemas: Readonly<Record<string, Schema>>
    readonly securitySchemes: unknown
  }
}

export interface OperationObject {
  readonly operationId: string
  readonly summary: string
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly responses: Readonly<Record<string, ResponseObject>>
  readonly [member: string]: unknown
}

export interface ResponseObject {
  readonly $ref?: string
  readonly description?: string
  readonly headers?: unknown
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}

const openApiPath = '/openapi.json'

/** Throws when a row has no description: a gateway does not serve what it cannot describe. */
function buildOpenApi(rows: readonly DescribedRow[], version: string): OpenApi {
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const row of rows) {
    const description = descriptions[`${row.method} ${row.path}`]
    if (description === undefined) throw new Error(`\`${row.method} ${row.path}\` is not described in server/openapi`)
    const path = row.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: operationOf(row, description) }
  }
  const tags = [...new Set(Object.values(descriptions).map(({ tag }) => tag))]
  return {
    openapi: '3.1.1',
    info: {
      title: 'Portvakt',
      version,
      summary: 'Authorization gateway for managed file transfer',
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: sharedResponses(paths),
      schemas,
    },
  }
}

const about = [
  'Every request is decided by the XACML policies of the gateway, and the decision is recorded, before anything is done.',
  'The scopes named here are those of `policies/gateway.xml` as it comes; an operator may change them.',
  'Refusals are problems of RFC 9457 with a `code`; a missing token and a missing scope are answered without a body.',
].join('\n')

/** The row that serves the document, itself among the rows. */
export function openApiRoute(rows: readonly DescribedRow[], version: string): Undecided {
  const route = { method: 'GET', path: openApiPath } as const
  const document = buildOpenApi([...rows, route], version)
  return { ...route, answer: () => jsonAnswer(200, document) }
}

function operationOf(row: DescribedRow, description: Description): OperationObject {
  const { tag, summary, scopes, body } = description
  const parameters = [...pathParameters(row.path), ...(description.parameters ?? [])]
  const isDecided = row.operation !== undefined
  return {
    operationId: operationId(row),
    ...(isDecided ? { 'x-portvakt-operation': row.operation } : {}),
    tags: [tag],
    summary,
    ...longText(description),
    security: isDecided && scopes !== undefined ? [{ bearer: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.required, content: { [body.mediaType]: { schema: body.schema } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(description.answers).map(([status, answer]) => [status, responseOf(answer)]),
      ),
      ...(isDecided ? problemResponses(row, description) : {}),
    },
  }
}

/** Several endpoints may share an operation, so their names are made of method and path: `getBrokerFiletransferId`. */
function operationId({ method, path }: DescribedRow): string {
  const words = path
    .replace(/\/(?:api\/)?v1\//, '/')
    .split(/[/:.-]/)
    .filter((word) => word !== '')
  return [method.toLowerCase(), ...words.map((word) => word[0]!.toUpperCase() + word.slice(1))].join('')
}

function longText({ description, scopes }: Description): { readonly description?: string } {
  const needs = scopes === undefined ? undefined : `Scope: ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`
  const text = [description, needs].filter((part) => part !== undefined).join('\n\n')
  return text === '' ? {} : { description: text }
}

const pathTexts: Readonly<Record<string, string>> = {
  '/broker/api/v1/filetransfer :id': 'Id of the file transfer, a UUID.',
  '/portvakt/v1/decisions :id': 'Id of the decision, a UUID.',
  ':id': 'Id of the resource.',
  ':owner': 'Organisation code of the service owner.',
  ':list': 'Identifier of the access list.',
  ':resource': 'Id of the resource.',
  ':system': 'Id of the system, `{vendor}_{name}`.',
  ':party': 'Organisation number of the party, with or without `0192:`.',
  ':user': 'Id of the system user, a UUID.',
}

const pathParameters = (path: string): readonly object[] =>
  (path.match(/:\w+/g) ?? []).map((parameter) => ({
    in: 'path',
    name: parameter.slice(1),
    required: true,
    description: pathTexts[`${path.slice(0, path.indexOf('/:'))} ${parameter}`] ?? pathTexts[parameter],
    schema: { type: 'string' },
  }))

function responseOf({ description, mediaType, schema, headers }: AnswerDescription): ResponseObject {
  return {
    description,
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]),
          ),
        }),
    ...(mediaType === undefined || schema === undefined ? {} : { content: { [mediaType]: { schema } } }),
  }
}

/** What every decided endpoint can answer: no valid token, no scope, denied, a source or the record failed, a bug. */
const always: readonly ProblemCode[] = [
  'PVK-00002',
  'PVK-00003',
  'BRO-00006',
  'PVK-00004',
  'PVK-00009',
  'PVK-00010',
  'PVK-00011',
  'PVK-00012',
]

/** One response for each status; which codes it stands for is its name among the components. */
function problemResponses(row: DescribedRow, { problems: own = [] }: Description): Record<string, ResponseObject> {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set([...always, ...own])) {
    const { status } = problems[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const suffix = row.produces === 'application/json' ? '' : problemSuffix
  const named = [...byStatus].map(([status, codes]) => [String(status), `${codes.join('.')}${suffix}`] as const)
  if (row.produces !== undefined) named.push(['406', notAcceptable])
  return Object.fromEntries(named.map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]))
}

const problemSuffix = '.problem'
const notAcceptable = 'NotAcceptable'

/** The responses that the operations refer to. */
function sharedResponses(paths: OpenApi['paths']): Readonly<Record<string, ResponseObject>> {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const names = operations
    .flatMap(({ responses }) =>
      Object.values(responses).map(({ $ref }) => $ref?.slice('#/components/responses/'.length)),
    )
    .filter((name) => name !== undefined)
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, sharedResponse(name)]))
}

function sharedResponse(name: string): ResponseObject {
  if (name === notAcceptable)
    return { description: 'Accept excludes the media type.', content: { 'text/plain': { schema: { type: 'string' } } } }
  const codes = name.replace(problemSuffix, '').split('.') as ProblemCode[]
  // an endpoint that declares no media type: the door's refusals are of the one kind, its handler's of the other
  const mediaTypes = name.endsWith(problemSuffix)
    ? ['application/problem+json', 'application/json']
    : ['application/json']
  const content = Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: ref('Problem') }]))
  return { description: codes.map(lineOf).join('\n'), content }
}

/** Those two are answered without a body (`policies/gateway.xml`). */
const silent: readonly ProblemCode[] = ['PVK-00002', 'PVK-00003']

const lineOf = (code: ProblemCode): string =>
  `- ${silent.includes(code) ? 'without a body' : `\`${code}\``}: ${problems[code].detail}`
