/** Service owners and the file transfer settings of their resources (contract of the broker, 1.12 to 1.14). */
import { askAboutOwned, askAboutResource, askUnnamed } from '../../collect/questions.ts'
import type { Route } from '../../pipeline.ts'
import {
  approveForDisabledVirusScan,
  configureBroker,
  findBrokerConfiguration,
  findServiceOwner,
  type Precondition,
  printBrokerConfiguration,
  registerServiceOwner,
} from '../../registry/index.ts'
import { type Answer, emptyAnswer, jsonAnswer } from '../answer.ts'
import { type DoorRequest, type Endpoint, endpoint } from '../door.ts'
import {
  type Administration,
  isMalformed,
  members,
  readPrecondition,
  versionHeader,
  writerOf,
  written,
} from '../registry/administration.ts'
import { collected, done, failed, malformed, readJson } from '../route.ts'

const owners = '/broker/api/v1/serviceowner'
const resources = '/broker/api/v1/resource/:id'
const json = 'application/json'

export interface StorageState {
  /** Files of this kind can be taken. */
  readonly scanned: boolean
  readonly unscanned: boolean
}

export const serviceOwnerEndpoints = (administration: Administration, storage: StorageState): readonly Endpoint[] => [
  endpoint({
    method: 'POST',
    path: owners,
    operation: 'service-owner-register',
    route: (request) => register(administration, request),
  }),
  endpoint({
    method: 'GET',
    path: owners,
    operation: 'service-owner-read',
    produces: json,
    route: () => read(administration, storage),
  }),
  endpoint({
    method: 'PUT',
    path: resources,
    operation: 'resource-configure',
    produces: json,
    route: (request) => configure(administration, request),
  }),
  endpoint({
    method: 'GET',
    path: resources,
    operation: 'resource-configuration-read',
    produces: json,
    route: (request) => readConfiguration(administration, request),
  }),
  endpoint({
    method: 'PUT',
    path: '/portvakt/v1/resources/:id/unscanned-files',
    operation: 'resource-approve',
    produces: json,
    route: (request) => approve(administration, request),
  }),
]

/** An administrator of the registry lets a resource carry files that are not scanned, and so files above the usual limit. */
function approve(administration: Administration, request: DoorRequest): Route<boolean | undefined, Answer> {
  return {
    async collect(authenticated) {
      const question = askAboutResource('write', request.params.id!)
      const body = await readJson(request, administration.bounds)
      if (!body.ok) return malformed(authenticated, question, body.malformed)
      const approved = members(body.value).get('approved')
      if (typeof approved === 'boolean') return collected(authenticated, question, approved)
      return malformed(authenticated, question, {
        code: 'PVK-00001',
        errors: { approved: ['The value is true or false.'] },
      })
    },
    async handle(grant, approved) {
      const options = { author: grant.decisionId }
      const result = await approveForDisabledVirusScan(
        administration.sql,
        request.params.id!,
        approved === true,
        options,
      )
      return written(administration, grant, result, ({ version }) => emptyAnswer(204, versionHeader(version)))
    },
  }
}

interface NewOwner {
  readonly organisation: string
  readonly name: string
  readonly code?: string
}

/** The caller registers itself; `organisationCode` is ours, and derived from the name when it is not given. */
function register(administration: Administration, request: DoorRequest): Route<NewOwner | undefined, Answer> {
  return {
    async collect(authenticated) {
      const { organisation } = authenticated.caller
      if (organisation === undefined) return malformed(authenticated, askUnnamed('write'), { code: 'BRO-07001' })
      const question = askAboutOwned('write', [organisation])
      const body = await readJson(request, administration.bounds)
      if (!body.ok) return malformed(authenticated, question, body.malformed)
      const given = members(body.value)
      const name = given.get('name')
      const code = given.get('organisationcode')
      if (typeof name !== 'string' || name.trim() === '' || (code !== undefined && typeof code !== 'string')) {
        return malformed(authenticated, question, {
          code: 'PVK-00001',
          errors: { Name: ['The Name field is required.'] },
        })
      }
      return collected(authenticated, question, { organisation, name, ...(code === undefined ? {} : { code }) })
    },
    async handle(grant, owner) {
      const result = await registerServiceOwner(administration.sql, owner!, { author: grant.decisionId })
      if (result.kind === 'exists')
        return failed(grant, { kind: 'problem', code: 'BRO-07002', detail: `The ${result.what} exists already` })
      return written(administration, grant, result, ({ version }) => emptyAnswer(200, versionHeader(version)))
    },
  }
}

function read(administration: Administration, storage: StorageState): Route<string | undefined, Answer> {
  return {
    async collect(authenticated) {
      const { organisation } = authenticated.caller
      if (organisation === undefined) return malformed(authenticated, askUnnamed('read'), { code: 'BRO-07001' })
      return collected(authenticated, askAboutOwned('read', [organisation]), organisation)
    },
    async handle(grant, organisation) {
      const owner = await findServiceOwner(administration.sql, organisation!)
      if (owner === undefined) return failed(grant, { kind: 'problem', code: 'BRO-07004' })
      const provider = (type: string, ready: boolean) => ({
        type,
        deploymentStatus: ready ? 'Ready' : 'NotStarted',
        deploymentEnvironment: 'portvakt',
      })
      const storageProviders = [
        provider('AltinnAzure', storage.scanned),
        provider('AltinnAzureWithoutVirusScan', storage.unscanned),
      ]
      return done(
        jsonAnswer(
          200,
          { name: owner.name, organisationCode: owner.code, storageProviders },
          versionHeader(owner.version),
        ),
      )
    },
  }
}

interface Settings {
  readonly id: string
  readonly body: unknown
  readonly precondition: Precondition
}

function configure(administration: Administration, request: DoorRequest): Route<Settings | undefined, Answer> {
  return {
    async collect(authenticated) {
      const question = askAboutResource('write', request.params.id!)
      const body = await readJson(request, administration.bounds)
      if (!body.ok) return malformed(authenticated, question, body.malformed)
      const precondition = readPrecondition(request)
      if (isMalformed(precondition)) return malformed(authenticated, question, precondition)
      return collected(authenticated, question, { id: request.params.id!, body: canonical(body.value), precondition })
    },
    async handle(grant, settings, decided) {
      const { id, body, precondition } = settings!
      const result = await configureBroker(administration.sql, writerOf(grant, decided), id, body, {
        precondition,
        author: grant.decisionId,
        limits: administration.sizes,
      })
      return written(administration, grant, result, ({ version }) => emptyAnswer(204, versionHeader(version)))
    },
  }
}

const names = [
  'maxFileTransferSize',
  'fileTransferTimeToLive',
  'purgeFileTransferAfterAllRecipientsConfirmed',
  'purgeFileTransferGracePeriod',
  'useManifestFileShim',
  'externalServiceCodeLegacy',
  'externalServiceEditionCodeLegacy',
  'requiredParty',
]
const numbers = new Set(['maxFileTransferSize', 'externalServiceEditionCodeLegacy'])

/** Names in the case that we print them in; numbers may come as strings; unknown members are ignored. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const given = members(value)
  return Object.fromEntries(
    names
      .filter((name) => given.has(name.toLowerCase()))
      .map((name) => [name, asNumber(name, given.get(name.toLowerCase()))]),
  )
}

const asNumber = (name: string, value: unknown): unknown =>
  numbers.has(name) && typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value

function readConfiguration(administration: Administration, request: DoorRequest): Route<string, Answer> {
  return {
    collect: async (authenticated) =>
      collected(authenticated, askAboutResource('read', request.params.id!), request.params.id!),
    async handle(grant, id) {
      const configuration = await findBrokerConfiguration(administration.sql, id)
      if (configuration === undefined) return failed(grant, { kind: 'problem', code: 'BRO-00025' })
      return done(jsonAnswer(200, printBrokerConfiguration(configuration), versionHeader(configuration.version)))
    },
  }
}
