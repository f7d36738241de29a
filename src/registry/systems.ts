/** Systems: what vendors offer to parties, and the rights such a system may ask for. A system holds no rights itself. */
import type { Queryable, Sql } from '../database/sql.ts'
import { type WriteOptions, writeChange } from './change.ts'
import { ensureParties, isOrganisationNumber } from './parties.ts'
import { checkPrecondition } from './precondition.ts'
import { exists, type Finding, invalidIf, notFound, notOwner, owns, type Result, type Writer } from './result.ts'

/** An action on a resource; without an action every one of them. */
export interface AskedRight {
  readonly resource: string
  readonly action?: string
}

export interface System {
  /** `{vendor}_{name}`. */
  readonly id: string
  /** Nine digits. */
  readonly vendor: string
  readonly name: string
  readonly description: string
  readonly rights: readonly AskedRight[]
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly version: number
}

export interface NewSystem {
  readonly id: string
  readonly vendor: string
  readonly name: string
  readonly description?: string | undefined
  readonly rights: readonly AskedRight[]
}

const mostRights = 500

function systemEntity(id: string): string {
  return `system:${id}`
}

export async function findSystem(sql: Queryable, id: string): Promise<System | undefined> {
  const [row] = await sql<
    System[]
  >`select ${columns(sql)} from registered_system where id = ${id} and deleted_at is null`
  return row
}

/** By the vendor itself. An id that was deleted stays taken: system users of old refer to it. */
export async function registerSystem(
  sql: Sql,
  writer: Writer,
  given: NewSystem,
  options?: WriteOptions,
): Promise<Result<System>> {
  const wrong = invalidIf(check(given))
  if (wrong !== undefined) return wrong
  if (!owns(writer, given.vendor)) return notOwner('system')
  return writeChange(sql, options, async (transaction, epoch) => {
    const [taken] = await transaction<
      { version: number }[]
    >`select version from registered_system where id = ${given.id}`
    const refusal = checkPrecondition(options?.precondition, taken?.version, 'system')
    if (refusal !== undefined) return refusal
    if (taken !== undefined) return exists('system')
    const unknown = invalidIf(await unknownResources(transaction, given.rights))
    if (unknown !== undefined) return unknown
    await ensureParties(transaction, [given.vendor])
    const [value] = await transaction<[System]>`
      insert into registered_system (id, vendor, name, description, rights, version)
      values (${given.id}, ${given.vendor}, ${given.name}, ${given.description ?? ''},
        ${transaction.json(given.rights.map(plain))}, ${epoch})
      returning ${columns(transaction)}`
    return { kind: 'change', value, change: { kind: 'system-registered', entities: [systemEntity(given.id)] } }
  })
}

/** Changes what the system is called and may ask for from now on. Rights that parties have granted stay as they are. */
export async function updateSystem(
  sql: Sql,
  writer: Writer,
  id: string,
  given: Omit<NewSystem, 'id' | 'vendor'>,
  options?: WriteOptions,
): Promise<Result<System>> {
  return writeChange(sql, options, async (transaction, epoch) => {
    const stored = await findSystem(transaction, id)
    const refusal = checkPrecondition(options?.precondition, stored?.version, 'system')
    if (refusal !== undefined) return refusal
    if (stored === undefined) return notFound('system')
    if (!owns(writer, stored.vendor)) return notOwner('system')
    const wrong = invalidIf([...check({ ...stored, ...given }), ...(await unknownResources(transaction, given.rights))])
    if (wrong !== undefined) return wrong
    const [value] = await transaction<[System]>`
      update registered_system set name = ${given.name}, description = ${given.description ?? ''},
        rights = ${transaction.json(given.rights.map(plain))}, updated_at = now(), version = ${epoch}
      where id = ${id} returning ${columns(transaction)}`
    return { kind: 'change', value, change: { kind: 'system-updated', entities: [systemEntity(id)] } }
  })
}

/** Ends the system and withdraws every system user of it. */
export async function deleteSystem(
  sql: Sql,
  writer: Writer,
  id: string,
  options?: WriteOptions,
): Promise<Result<System>> {
  return writeChange(sql, options, async (transaction, epoch) => {
    const value = await findSystem(transaction, id)
    const refusal = checkPrecondition(options?.precondition, value?.version, 'system')
    if (refusal !== undefined) return refusal
    if (value === undefined) return notFound('system')
    if (!owns(writer, value.vendor)) return notOwner('system')
    await transaction`update registered_system set deleted_at = now(), version = ${epoch} where id = ${id}`
    const users = await transaction<{ entity: string }[]>`
      update registered_system_user set withdrawn_at = now(), version = ${epoch} where system = ${id} and withdrawn_at is null
      returning 'system-user:' || id as entity`
    const entities = [systemEntity(id), ...users.map((row) => row.entity)]
    return { kind: 'change', value, change: { kind: 'system-deleted', entities } }
  })
}

/** Whether the system may ask for this action on this resource. */
export function mayAskFor(system: System, right: { readonly resource: string; readonly action: string }): boolean {
  return system.rights.some(
    (asked) => asked.resource === right.resource && (asked.action === undefined || asked.action === right.action),
  )
}

function check(given: NewSystem): Finding[] {
  const findings: Finding[] = []
  if (!isOrganisationNumber(given.vendor))
    findings.push({ field: 'vendor', message: 'the vendor is an organisation number of nine digits' })
  const prefix = `${given.vendor}_`
  if (!given.id.startsWith(prefix) || !/^[A-Za-z0-9._-]{1,200}$/.test(given.id.slice(prefix.length))) {
    findings.push({
      field: 'id',
      message: `the id is \`${prefix}\` and a name of letters, digits, \`.\`, \`_\` and \`-\``,
    })
  }
  if (given.name.trim() === '' || given.name.length > 500)
    findings.push({ field: 'name', message: 'the name has 1 to 500 characters' })
  if ((given.description ?? '').length > 5_000)
    findings.push({ field: 'description', message: 'the description has 5,000 characters at most' })
  if (given.rights.length > mostRights)
    findings.push({ field: 'rights', message: `a system asks for ${mostRights} rights at most` })
  const keys = given.rights.map((right) => JSON.stringify([right.resource, right.action ?? null]))
  if (new Set(keys).size < keys.length) findings.push({ field: 'rights', message: 'a right is listed twice' })
  if (given.rights.some((right) => right.action !== undefined && (right.action === '' || right.action.length > 200))) {
    findings.push({ field: 'rights', message: 'an action has 1 to 200 characters' })
  }
  return findings
}

async function unknownResources(sql: Queryable, rights: readonly AskedRight[]): Promise<Finding[]> {
  const wanted = [...new Set(rights.map((right) => right.resource))]
  const known = await sql<{ identifier: string }[]>`
    select identifier from resource where identifier = any(${wanted}::text[]) and deleted_at is null`
  const names = new Set(known.map((row) => row.identifier))
  return wanted
    .filter((identifier) => !names.has(identifier))
    .map((identifier) => ({ field: 'rights', message: `there is no resource \`${identifier.slice(0, 100)}\`` }))
}

function plain({ resource, action }: AskedRight): Record<string, string> {
  return action === undefined ? { resource } : { resource, action }
}

function columns(sql: Queryable) {
  return sql`id, vendor, name, description, rights, created_at as "createdAt", updated_at as "updatedAt", version`
}
