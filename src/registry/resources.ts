/** The resource registry. The owner is a column of the stored row, and it alone says who may change the row. */
import type postgres from 'postgres'
import type { Queryable, Sql, Transaction } from '../database/sql.ts'
import { type WriteOptions, writeChange } from './change.ts'
import { ensureParties } from './parties.ts'
import { checkPrecondition } from './precondition.ts'
import { parseResourceDocument, type ResourceDocument } from './resource-document.ts'
import {
  exists,
  invalid,
  invalidIf,
  notFound,
  notOwner,
  owns,
  type Refusal,
  type Result,
  type Writer,
} from './result.ts'

export interface Resource {
  readonly identifier: string
  /** Nine digits. */
  readonly owner: string
  readonly orgCode: string | null
  readonly resourceType: string
  readonly accessListMode: 'Enabled' | 'Disabled'
  readonly document: ResourceDocument
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly version: number
}

export function resourceEntity(identifier: string): string {
  return `resource:${identifier}`
}

export async function findResource(sql: Queryable, identifier: string): Promise<Resource | undefined> {
  if (identifier.includes('\0')) return undefined
  const [row] = await sql<Resource[]>`
    select ${columns(sql)} from resource where identifier = ${identifier} and deleted_at is null`
  return row
}

export interface ResourceSearch {
  readonly owner?: string
  readonly resourceType?: string
  /** In the identifier or a title, whatever the case. */
  readonly text?: string
  /** Identifiers after this one. */
  readonly after?: string
  /** 100 when left out, 1,000 at most. */
  readonly limit?: number
}

/** Ordered by identifier. */
export async function listResources(sql: Queryable, search: ResourceSearch = {}): Promise<readonly Resource[]> {
  const { owner = null, resourceType = null, text = null, after = '', limit = 100 } = search
  const pattern = text === null ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return sql<Resource[]>`
    select ${columns(sql)} from resource
    where deleted_at is null and identifier > ${after}
      and (${owner}::text is null or owner = ${owner})
      and (${resourceType}::text is null or resource_type = ${resourceType})
      and (${pattern}::text is null or identifier ilike ${pattern}
        or exists (select 1 from jsonb_each_text(document -> 'title') as title where title.value ilike ${pattern}))
    order by identifier limit ${Math.min(Math.max(1, limit), 1_000)}`
}

/** The writer becomes the owner, or an administrator names one. An identifier that was deleted stays taken. */
export async function createResource(
  sql: Sql,
  writer: Writer,
  given: unknown,
  options?: WriteOptions,
): Promise<Result<Resource>> {
  const parsed = parseResourceDocument(given, true)
  if ('findings' in parsed) return invalidIf(parsed.findings) ?? invalid('', 'the resource is not valid')
  const { document, owner } = parsed
  if (!owns(writer, owner)) return notOwner('resource')
  return writeChange(sql, options, async (transaction, epoch) => {
    const [taken] = await transaction<{ version: number; deleted: boolean }[]>`
      select version, deleted_at is not null as deleted from resource where identifier = ${document.identifier}`
    const refusal = checkPrecondition(
      options?.precondition,
      taken?.deleted === false ? taken.version : undefined,
      'resource',
    )
    if (refusal !== undefined) return refusal
    if (taken !== undefined) return exists('resource')
    await ensureParties(transaction, [owner])
    const [value] = await transaction<[Resource]>`
      insert into resource (identifier, owner, org_code, resource_type, access_list_mode, document, version)
      values (${document.identifier}, ${owner}, ${orgCodeOf(document)}, ${document.resourceType},
        ${document.accessListMode}, ${asJson(transaction, document)}, ${epoch})
      returning ${columns(transaction)}`
    return {
      kind: 'change',
      value,
      change: { kind: 'resource-created', entities: [resourceEntity(value.identifier)], detail: { owner } },
    }
  })
}

/** Replaces the document. The owner stays who it is: a document that names another is refused. */
export async function updateResource(
  sql: Sql,
  writer: Writer,
  identifier: string,
  given: unknown,
  options?: WriteOptions,
): Promise<Result<Resource>> {
  const parsed = parseResourceDocument(given, false)
  if ('findings' in parsed) {
    const refused = await checkStored(sql, writer, identifier, undefined)
    return refused ?? invalidIf(parsed.findings) ?? invalid('', 'the resource is not valid')
  }
  const { document, owner } = parsed
  return writeChange(sql, options, async (transaction, epoch) => {
    const refused = await checkStored(transaction, writer, identifier, options)
    if (refused !== undefined) return refused
    const stored = await loadResource(transaction, identifier)
    if (document.identifier !== identifier)
      return invalid('identifier', `the identifier is not that of the address, \`${identifier}\``)
    if (owner !== stored.owner)
      return invalid('hasCompetentAuthority.organization', 'the owner of a resource cannot be changed')
    const [value] = await transaction<[Resource]>`
      update resource set org_code = ${orgCodeOf(document)}, resource_type = ${document.resourceType},
        access_list_mode = ${document.accessListMode}, document = ${asJson(transaction, document)},
        updated_at = now(), version = ${epoch}
      where identifier = ${identifier} returning ${columns(transaction)}`
    return { kind: 'change', value, change: { kind: 'resource-updated', entities: [resourceEntity(identifier)] } }
  })
}

/** Ends the resource, its file transfer configuration and its connections to access lists; its policies stay on record. */
export async function deleteResource(
  sql: Sql,
  writer: Writer,
  identifier: string,
  options?: WriteOptions,
): Promise<Result<Resource>> {
  return writeChange(sql, options, async (transaction, epoch) => {
    const refused = await checkStored(transaction, writer, identifier, options)
    if (refused !== undefined) return refused
    const value = await loadResource(transaction, identifier)
    const lists = await transaction<{ entity: string }[]>`
      delete from access_list_connection where resource = ${identifier}
      returning 'access-list:' || owner || '/' || identifier as entity`
    await transaction`delete from broker_configuration where resource = ${identifier}`
    const users = await transaction<{ entity: string }[]>`
      delete from registered_system_user_right where resource = ${identifier}
      returning 'system-user:' || user_id as entity`
    await transaction`
      update resource set deleted_at = now(), updated_at = now(), version = ${epoch} where identifier = ${identifier}`
    const entities = [
      resourceEntity(identifier),
      `policy:${identifier}`,
      ...[...lists, ...users].map((row) => row.entity),
    ]
    return { kind: 'change', value, change: { kind: 'resource-deleted', entities } }
  })
}

/** Why the writer may not write the stored resource: it is not there, it is another's, it has another version. */
async function checkStored(
  sql: Queryable,
  writer: Writer,
  identifier: string,
  options: WriteOptions | undefined,
): Promise<Refusal | undefined> {
  const stored = await findResource(sql, identifier)
  if (stored === undefined)
    return checkPrecondition(options?.precondition, undefined, 'resource') ?? notFound('resource')
  if (!owns(writer, stored.owner)) return notOwner('resource')
  return checkPrecondition(options?.precondition, stored.version, 'resource')
}

async function loadResource(sql: Queryable, identifier: string): Promise<Resource> {
  const stored = await findResource(sql, identifier)
  if (stored === undefined) throw new Error(`the resource \`${identifier}\` vanished inside a transaction`)
  return stored
}

function columns(sql: Queryable) {
  return sql`identifier, owner, org_code as "orgCode", resource_type as "resourceType",
    access_list_mode as "accessListMode", document, created_at as "createdAt", updated_at as "updatedAt", version`
}

function orgCodeOf(document: ResourceDocument): string | null {
  return document.hasCompetentAuthority.orgcode?.toLowerCase() ?? null
}

/** The document came from JSON and holds nothing else. */
function asJson(transaction: Transaction, document: ResourceDocument) {
  return transaction.json(document as unknown as postgres.JSONValue)
}
