/** Access lists: a service owner's lists of parties. Members are in `access-list-members.ts`, resources in `access-list-connections.ts`. */
import type { Queryable, Sql, Transaction } from '../database/sql.ts'
import { type WriteOptions, writeChange } from './change.ts'
import { checkPrecondition } from './precondition.ts'
import { type Finding, invalidIf, notFound, notOwner, owns, type Refusal, type Result, type Writer } from './result.ts'
import { findServiceOwnerByCode, type ServiceOwner } from './service-owners.ts'

export interface AccessList {
  /** The owner's organisation code, lower case. */
  readonly owner: string
  readonly identifier: string
  readonly name: string
  readonly description: string
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Moves with the list, its members and its connections. */
  readonly version: number
}

/** Names a list. The owner's code is understood in any case. */
export interface ListName {
  readonly owner: string
  readonly identifier: string
}

export interface Page {
  /** What the last entry of the page before was called. */
  readonly after?: string | undefined
  /** 100 when left out, 1,000 at most. */
  readonly limit?: number | undefined
}

export function pageLimit(page: Page | undefined): number {
  return Math.min(Math.max(1, page?.limit ?? 100), 1_000)
}

export function accessListEntity({ owner, identifier }: ListName): string {
  return `access-list:${owner}/${identifier}`
}

export async function findAccessList(sql: Queryable, { owner, identifier }: ListName): Promise<AccessList | undefined> {
  const [row] = await sql<AccessList[]>`
    select ${columns(sql)} from access_list where owner = ${owner.toLowerCase()} and identifier = ${identifier}`
  return row
}

/** Ordered by identifier. */
export async function listAccessLists(sql: Queryable, owner: string, page?: Page): Promise<readonly AccessList[]> {
  return sql<AccessList[]>`
    select ${columns(sql)} from access_list where owner = ${owner.toLowerCase()} and identifier > ${page?.after ?? ''}
    order by identifier limit ${pageLimit(page)}`
}

/** Makes the list or changes its name and description. */
export async function putAccessList(
  sql: Sql,
  writer: Writer,
  list: ListName,
  given: { readonly name: string; readonly description?: string | undefined },
  options?: WriteOptions,
): Promise<Result<AccessList>> {
  return writeChange(sql, options, async (transaction, epoch) => {
    const owner = await checkOwner(transaction, writer, list.owner)
    if ('kind' in owner) return owner
    const existing = await findAccessList(transaction, list)
    const refusal =
      checkPrecondition(options?.precondition, existing?.version, 'access list') ??
      invalidIf(check(list.identifier, given))
    if (refusal !== undefined) return refusal
    const { name, description = '' } = given
    if (existing?.name === name && existing.description === description) return { kind: 'unchanged', value: existing }
    const [value] = await transaction<[AccessList]>`
      insert into access_list (owner, identifier, name, description, version)
      values (${owner.code}, ${list.identifier}, ${name}, ${description}, ${epoch})
      on conflict (owner, identifier) do update
        set name = excluded.name, description = excluded.description, version = excluded.version, updated_at = now()
      returning ${columns(transaction)}`
    const kind = existing === undefined ? 'access-list-created' : 'access-list-updated'
    return { kind: 'change', value, change: { kind, entities: [accessListEntity(value)] } }
  })
}

/** Answers with the list as it was. */
export async function deleteAccessList(
  sql: Sql,
  writer: Writer,
  list: ListName,
  options?: WriteOptions,
): Promise<Result<AccessList>> {
  return editAccessList(sql, writer, list, options, async (transaction, stored) => {
    const key = [stored.owner, stored.identifier] as const
    const members = await transaction<{ entity: string }[]>`
      select 'party:' || p.organisation as entity from access_list_member m join party p on p.id = m.party
      where m.owner = ${key[0]} and m.identifier = ${key[1]}`
    const connections = await transaction<{ entity: string }[]>`
      select 'resource:' || resource as entity from access_list_connection where owner = ${key[0]} and identifier = ${key[1]}`
    await transaction`delete from access_list where owner = ${key[0]} and identifier = ${key[1]}`
    return {
      kind: 'change',
      value: stored,
      change: { kind: 'access-list-deleted', entities: [...members, ...connections].map((row) => row.entity) },
    }
  })
}

/** What an edit of an existing list comes to; the list's own entity and version are taken care of. */
export type ListWork<T> =
  | { readonly kind: 'change'; readonly value: T; readonly change: { kind: string; entities: readonly string[] } }
  | { readonly kind: 'unchanged'; readonly value: T }
  | Refusal

/** Runs `edit` on a stored list of the writer's whose version meets the precondition, and moves its version on. */
export async function editAccessList<T>(
  sql: Sql,
  writer: Writer,
  list: ListName,
  options: WriteOptions | undefined,
  edit: (transaction: Transaction, stored: AccessList, epoch: number) => Promise<ListWork<T>>,
): Promise<Result<T>> {
  return writeChange(sql, options, async (transaction, epoch) => {
    const owner = await checkOwner(transaction, writer, list.owner)
    if ('kind' in owner) return owner
    const stored = await findAccessList(transaction, list)
    const refusal = checkPrecondition(options?.precondition, stored?.version, 'access list')
    if (refusal !== undefined) return refusal
    if (stored === undefined) return notFound('access list')
    const work = await edit(transaction, stored, epoch)
    if (work.kind !== 'change') return work
    await transaction`
      update access_list set version = ${epoch}, updated_at = now()
      where owner = ${stored.owner} and identifier = ${stored.identifier}`
    const { kind, entities } = work.change
    return { kind: 'change', value: work.value, change: { kind, entities: [accessListEntity(stored), ...entities] } }
  })
}

async function checkOwner(sql: Queryable, writer: Writer, code: string): Promise<ServiceOwner | Refusal> {
  const owner = await findServiceOwnerByCode(sql, code)
  if (owner === undefined) return notFound('service owner')
  return owns(writer, owner.organisation) ? owner : notOwner('access list')
}

function check(
  identifier: string,
  given: { readonly name: string; readonly description?: string | undefined },
): Finding[] {
  const findings: Finding[] = []
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(identifier)) {
    findings.push({
      field: 'identifier',
      message: 'the identifier has 1 to 100 letters, digits, `.`, `_` and `-`, and begins with a letter or digit',
    })
  }
  if (given.name.trim() === '' || given.name.length > 500)
    findings.push({ field: 'name', message: 'the name has 1 to 500 characters' })
  if ((given.description ?? '').length > 5_000)
    findings.push({ field: 'description', message: 'the description has 5,000 characters at most' })
  return findings
}

function columns(sql: Queryable) {
  return sql`owner, identifier, name, description, created_at as "createdAt", updated_at as "updatedAt", version`
}
