/** Service owners: the public bodies that own resources, each with a code that owns its access lists. */
import type { Queryable, Sql } from '../database/sql.ts'
import { type WriteOptions, writeChange } from './change.ts'
import { ensureParties, isOrganisationNumber } from './parties.ts'
import { checkPrecondition } from './precondition.ts'
import { exists, type Finding, invalidIf, type Result } from './result.ts'

export interface ServiceOwner {
  /** Nine digits. */
  readonly organisation: string
  readonly name: string
  /** Unique among all; lower-case letters, digits and `-`. */
  readonly code: string
  readonly createdAt: Date
  readonly version: number
}

export interface NewServiceOwner {
  readonly organisation: string
  readonly name: string
  /** Derived from the name when left out. */
  readonly code?: string | undefined
}

function serviceOwnerEntity(organisation: string): string {
  return `service-owner:${organisation}`
}

export async function findServiceOwner(sql: Queryable, organisation: string): Promise<ServiceOwner | undefined> {
  const [row] = await sql<ServiceOwner[]>`
    select organisation, name, code, created_at as "createdAt", version from service_owner
    where organisation = ${organisation}`
  return row
}

/** Codes are found whatever their case, as clients write them differently. */
export async function findServiceOwnerByCode(sql: Queryable, code: string): Promise<ServiceOwner | undefined> {
  const [row] = await sql<ServiceOwner[]>`
    select organisation, name, code, created_at as "createdAt", version from service_owner
    where code = ${code.toLowerCase()}`
  return row
}

/** Refuses with `exists` when the organisation is registered or the code is another's. */
export async function registerServiceOwner(
  sql: Sql,
  given: NewServiceOwner,
  options?: WriteOptions,
): Promise<Result<ServiceOwner>> {
  const wrong = invalidIf(check(given))
  if (wrong !== undefined) return wrong
  return writeChange(sql, options, async (transaction, epoch) => {
    const existing = await findServiceOwner(transaction, given.organisation)
    const refusal = checkPrecondition(options?.precondition, existing?.version, 'service owner')
    if (refusal !== undefined) return refusal
    if (existing !== undefined) return exists('service owner')
    const code = given.code?.toLowerCase() ?? (await freeCode(transaction, given))
    if ((await findServiceOwnerByCode(transaction, code)) !== undefined) return exists(`organisation code \`${code}\``)
    await ensureParties(transaction, [given.organisation])
    const [value] = await transaction<[ServiceOwner]>`
      insert into service_owner (organisation, name, code, version)
      values (${given.organisation}, ${given.name.trim()}, ${code}, ${epoch})
      returning organisation, name, code, created_at as "createdAt", version`
    const entities = [serviceOwnerEntity(given.organisation), `party:${given.organisation}`]
    return { kind: 'change', value, change: { kind: 'service-owner-registered', entities, detail: { code } } }
  })
}

const codePattern = /^[a-z0-9][a-z0-9-]{1,39}$/

function check(given: NewServiceOwner): Finding[] {
  const findings: Finding[] = []
  if (!isOrganisationNumber(given.organisation)) {
    findings.push({
      field: 'organisation',
      message: `\`${given.organisation.slice(0, 50)}\` is not an organisation number of nine digits`,
    })
  }
  const name = given.name.trim()
  if (name.length < 1 || name.length > 500)
    findings.push({ field: 'name', message: 'the name has 1 to 500 characters' })
  if (given.code !== undefined && !codePattern.test(given.code.toLowerCase())) {
    findings.push({ field: 'code', message: 'the code has 2 to 40 characters: a to z, 0 to 9 and `-`, no `-` first' })
  }
  return findings
}

/** The first word of the name, and with the organisation number when another has that already. */
async function freeCode(sql: Queryable, given: NewServiceOwner): Promise<string> {
  const plain = given.name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replaceAll('å', 'a')
  const word = plain.replace(/\p{M}/gu, '').match(/[a-z0-9]{2,20}/)?.[0]
  if (word !== undefined && (await findServiceOwnerByCode(sql, word)) === undefined) return word
  return `${word ?? 'org'}-${given.organisation}`
}
