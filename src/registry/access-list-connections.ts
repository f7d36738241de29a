/** Which resources an access list opens, and for which actions. */
import type { Queryable, Sql } from '../database/sql.ts'
import { editAccessList, type ListName, type Page, pageLimit } from './access-lists.ts'
import type { WriteOptions } from './change.ts'
import { findResource, resourceEntity } from './resources.ts'
import { invalid, notFound, notOwner, type Result, type Writer } from './result.ts'
import { findServiceOwnerByCode } from './service-owners.ts'

export interface Connection {
  readonly owner: string
  readonly identifier: string
  readonly resource: string
  /** The actions the list covers; **empty covers every action**, as in the registry that clients know. */
  readonly actionFilters: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

const mostFilters = 100

/** Ordered by resource. */
export async function listConnections(
  sql: Queryable,
  { owner, identifier }: ListName,
  page?: Page,
): Promise<readonly Connection[]> {
  return sql<Connection[]>`
    select ${columns(sql)} from access_list_connection
    where owner = ${owner.toLowerCase()} and identifier = ${identifier} and resource > ${page?.after ?? ''}
    order by resource limit ${pageLimit(page)}`
}

async function findConnection(
  sql: Queryable,
  { owner, identifier }: ListName,
  resource: string,
): Promise<Connection | undefined> {
  const [row] = await sql<Connection[]>`
    select ${columns(sql)} from access_list_connection
    where owner = ${owner.toLowerCase()} and identifier = ${identifier} and resource = ${resource}`
  return row
}

/**
 * Connects a resource of the same owner, or changes the filters. All actions must be asked for with an explicit empty
 * list: removing the last filter of a connection does not quietly turn "these actions" into "all".
 */
export async function putConnection(
  sql: Sql,
  writer: Writer,
  list: ListName,
  resource: string,
  actionFilters: readonly string[],
  options?: WriteOptions,
): Promise<Result<Connection>> {
  const filters = [...new Set(actionFilters)].sort()
  if (filters.length > mostFilters)
    return invalid('actionFilters', `a connection has ${mostFilters} action filters at most`)
  const wrong = filters.findIndex((filter) => filter.trim() === '' || filter.length > 200)
  if (wrong >= 0) return invalid(`actionFilters.${wrong}`, 'an action has 1 to 200 characters')
  return editAccessList(sql, writer, list, options, async (transaction, stored) => {
    const connected = await findResource(transaction, resource)
    if (connected === undefined) return notFound('resource')
    const owner = await findServiceOwnerByCode(transaction, stored.owner)
    if (connected.owner !== owner?.organisation) return notOwner('resource')
    const existing = await findConnection(transaction, stored, resource)
    if (existing !== undefined && isSame(existing.actionFilters, filters)) return { kind: 'unchanged', value: existing }
    const [value] = await transaction<[Connection]>`
      insert into access_list_connection (owner, identifier, resource, action_filters)
      values (${stored.owner}, ${stored.identifier}, ${resource}, ${filters})
      on conflict (owner, identifier, resource) do update set action_filters = excluded.action_filters, updated_at = now()
      returning ${columns(transaction)}`
    const kind = existing === undefined ? 'resource-connected' : 'resource-connection-updated'
    return { kind: 'change', value, change: { kind, entities: [resourceEntity(resource)] } }
  })
}

/** Answers with the connection as it was. */
export async function deleteConnection(
  sql: Sql,
  writer: Writer,
  list: ListName,
  resource: string,
  options?: WriteOptions,
): Promise<Result<Connection>> {
  return editAccessList(sql, writer, list, options, async (transaction, stored) => {
    const [value] = await transaction<Connection[]>`
      delete from access_list_connection
      where owner = ${stored.owner} and identifier = ${stored.identifier} and resource = ${resource}
      returning ${columns(transaction)}`
    if (value === undefined) return notFound('connection')
    return { kind: 'change', value, change: { kind: 'resource-disconnected', entities: [resourceEntity(resource)] } }
  })
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}

function columns(sql: Queryable) {
  return sql`owner, identifier, resource, action_filters as "actionFilters", created_at as "createdAt", updated_at as "updatedAt"`
}
