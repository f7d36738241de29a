/**
 * System users: machine identities that a party lets act for it. The party makes them, gives them rights and takes these
 * back; the vendor of the system never does.
 */
import type { Queryable, Sql, Transaction } from '../database/sql.ts'
import { type Work, type WriteOptions, writeChange } from './change.ts'
import { ensureParties, isOrganisationNumber } from './parties.ts'
import { checkPrecondition } from './precondition.ts'
import { type Finding, invalid, invalidIf, notFound, notOwner, owns, type Result, type Writer } from './result.ts'
import { findSystem, mayAskFor } from './systems.ts'

export interface Right {
  readonly resource: string
  readonly action: string
}

export interface SystemUser {
  /** UUID, lower case. */
  readonly id: string
  /** Nine digits: on whose behalf it acts. */
  readonly party: string
  /** Nine digits: who runs the system. */
  readonly vendor: string
  readonly system: string
  readonly title: string
  /** Empty once it is withdrawn. */
  readonly rights: readonly Right[]
  readonly withdrawn: boolean
  readonly createdAt: Date
  readonly version: number
}

const mostRights = 500

function systemUserEntity(id: string): string {
  return `system-user:${id}`
}

/** Withdrawn ones are found too, and say so. */
export async function findSystemUser(sql: Queryable, id: string): Promise<SystemUser | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return undefined
  const [row] = await sql<SystemUser[]>`${select(sql)} where u.id = ${id}`
  return row
}

export async function listSystemUsers(sql: Queryable, party: string, limit = 100): Promise<readonly SystemUser[]> {
  return sql<SystemUser[]>`${select(sql)} where u.party = ${party} order by u.created_at, u.id limit ${limit}`
}

export interface NewSystemUser {
  /** Nine digits; the writer must be this party. */
  readonly party: string
  readonly system: string
  readonly title?: string | undefined
  /** Within what the system may ask for. */
  readonly rights?: readonly Right[] | undefined
}

export async function createSystemUser(
  sql: Sql,
  writer: Writer,
  given: NewSystemUser,
  options?: WriteOptions,
): Promise<Result<SystemUser>> {
  if (!isOrganisationNumber(given.party)) return invalid('party', 'the party is an organisation number of nine digits')
  if ((given.title ?? '').length > 500) return invalid('title', 'the title has 500 characters at most')
  if (!owns(writer, given.party)) return notOwner('system user')
  return writeChange(sql, options, async (transaction, epoch) => {
    const refused = await checkRights(transaction, given.system, given.rights ?? [])
    if (refused !== undefined) return refused
    await ensureParties(transaction, [given.party])
    const [{ id }] = await transaction<[{ id: string }]>`
      insert into registered_system_user (system, party, title, version)
      values (${given.system}, ${given.party}, ${given.title ?? ''}, ${epoch}) returning id`
    await insertRights(transaction, id, given.rights ?? [])
    return changed(transaction, id, epoch, 'system-user-created')
  })
}

/** Adds rights; those it has already are no change. */
export async function grantRights(
  sql: Sql,
  writer: Writer,
  id: string,
  rights: readonly Right[],
  options?: WriteOptions,
): Promise<Result<SystemUser>> {
  return editSystemUser(sql, writer, id, options, async (transaction, stored, epoch) => {
    const refused = await checkRights(transaction, stored.system, rights)
    if (refused !== undefined) return refused
    if (stored.rights.length + rights.length > mostRights)
      return invalid('rights', `a system user has ${mostRights} rights at most`)
    const count = await insertRights(transaction, stored.id, rights)
    return count === 0 ? { kind: 'unchanged', value: stored } : changed(transaction, stored.id, epoch, 'rights-granted')
  })
}

/** Takes rights back; those it does not have are no change. */
export async function withdrawRights(
  sql: Sql,
  writer: Writer,
  id: string,
  rights: readonly Right[],
  options?: WriteOptions,
): Promise<Result<SystemUser>> {
  return editSystemUser(sql, writer, id, options, async (transaction, stored, epoch) => {
    const rows = await transaction`
      delete from registered_system_user_right held using unnest(${rights.map((right) => right.resource)}::text[],
        ${rights.map((right) => right.action)}::text[]) as taken (resource, action)
      where held.user_id = ${stored.id} and held.resource = taken.resource and held.action = taken.action returning 1`
    return rows.length === 0
      ? { kind: 'unchanged', value: stored }
      : changed(transaction, stored.id, epoch, 'rights-withdrawn')
  })
}

/** Withdraws the system user for good. The row stays: decisions and transfers refer to it. */
export async function withdrawSystemUser(
  sql: Sql,
  writer: Writer,
  id: string,
  options?: WriteOptions,
): Promise<Result<SystemUser>> {
  return editSystemUser(sql, writer, id, options, async (transaction, stored, epoch) => {
    await transaction`delete from registered_system_user_right where user_id = ${stored.id}`
    await transaction`update registered_system_user set withdrawn_at = now() where id = ${stored.id}`
    return changed(transaction, stored.id, epoch, 'system-user-withdrawn')
  })
}

async function editSystemUser(
  sql: Sql,
  writer: Writer,
  id: string,
  options: WriteOptions | undefined,
  edit: (transaction: Transaction, stored: SystemUser, epoch: number) => Promise<Work<SystemUser>>,
): Promise<Result<SystemUser>> {
  return writeChange(sql, options, async (transaction, epoch) => {
    const stored = await findSystemUser(transaction, id)
    if (stored === undefined || stored.withdrawn) {
      return checkPrecondition(options?.precondition, undefined, 'system user') ?? notFound('system user')
    }
    if (!owns(writer, stored.party)) return notOwner('system user')
    const refusal = checkPrecondition(options?.precondition, stored.version, 'system user')
    if (refusal !== undefined) return refusal
    return edit(transaction, stored, epoch)
  })
}

async function changed(transaction: Transaction, id: string, epoch: number, kind: string): Promise<Work<SystemUser>> {
  await transaction`update registered_system_user set version = ${epoch} where id = ${id}`
  const value = await findSystemUser(transaction, id)
  if (value === undefined) throw new Error(`the system user \`${id}\` vanished inside a transaction`)
  return {
    kind: 'change',
    value,
    change: { kind, entities: [systemUserEntity(value.id)], detail: { party: value.party } },
  }
}

async function checkRights(transaction: Transaction, system: string, rights: readonly Right[]) {
  const registered = await findSystem(transaction, system)
  if (registered === undefined) return notFound('system')
  if (rights.length > mostRights) return invalid('rights', `a system user has ${mostRights} rights at most`)
  const findings: Finding[] = rights.flatMap((right, index) =>
    mayAskFor(registered, right)
      ? []
      : [
          {
            field: `rights.${index}`,
            message: `the system does not ask for \`${right.action.slice(0, 100)}\` on \`${right.resource.slice(0, 100)}\``,
          },
        ],
  )
  return invalidIf(findings)
}

async function insertRights(transaction: Transaction, id: string, rights: readonly Right[]): Promise<number> {
  if (rights.length === 0) return 0
  const rows = await transaction`
    insert into registered_system_user_right (user_id, resource, action)
    select ${id}::uuid, r.resource, r.action from unnest(${rights.map((right) => right.resource)}::text[],
      ${rights.map((right) => right.action)}::text[]) as r (resource, action)
    join resource on resource.identifier = r.resource and resource.deleted_at is null
    on conflict do nothing returning 1`
  return rows.length
}

function select(sql: Queryable) {
  return sql`
    select u.id, u.party, s.vendor, u.system, u.title, u.created_at as "createdAt", u.version,
      u.withdrawn_at is not null as withdrawn,
      coalesce((select jsonb_agg(jsonb_build_object('resource', r.resource, 'action', r.action) order by r.resource, r.action)
        from registered_system_user_right r where r.user_id = u.id), '[]') as rights
    from registered_system_user u join registered_system s on s.id = u.system`
}
