/** The members of an access list. They are given as organisations or as party uuids and stored as parties. */
import type { Queryable, Sql, Transaction } from '../database/sql.ts'
import { type AccessList, editAccessList, type ListName, type ListWork, type Page, pageLimit } from './access-lists.ts'
import type { WriteOptions } from './change.ts'
import { ensureParties, type Party, parseOrganisation } from './parties.ts'
import { type Finding, invalid, invalidIf, type Refusal, type Result, type Writer } from './result.ts'

export interface Member {
  /** The party's uuid. */
  readonly party: string
  /** Nine digits. */
  readonly organisation: string
  readonly since: Date
}

export interface MembersChanged {
  /** Of the list, afterwards. */
  readonly version: number
  readonly added: number
  readonly removed: number
}

/** As in the registry that clients know: members in one call. */
const mostMembersPerCall = 100
const mostMembers = 100_000

/** Ordered by organisation number. */
export async function listMembers(
  sql: Queryable,
  { owner, identifier }: ListName,
  page?: Page,
): Promise<readonly Member[]> {
  return sql<Member[]>`
    select p.id as party, p.organisation, m.since from access_list_member m join party p on p.id = m.party
    where m.owner = ${owner.toLowerCase()} and m.identifier = ${identifier} and p.organisation > ${page?.after ?? ''}
    order by p.organisation limit ${pageLimit(page)}`
}

/** Members given as `urn:altinn:organization:identifier-no:…`, `urn:altinn:party:uuid:…` or nine digits. */
export function addMembers(
  sql: Sql,
  writer: Writer,
  list: ListName,
  members: readonly string[],
  options?: WriteOptions,
) {
  return editMembers(sql, writer, list, members, options, async (transaction, stored, parties, epoch) => {
    const [count] = await transaction<[{ total: number }]>`
      select count(*) as total from access_list_member where owner = ${stored.owner} and identifier = ${stored.identifier}`
    if (count.total + parties.length > mostMembers)
      return invalid('members', `a list has ${mostMembers} members at most`)
    return outcome(epoch, stored, await insert(transaction, stored, parties), [])
  })
}

export function removeMembers(
  sql: Sql,
  writer: Writer,
  list: ListName,
  members: readonly string[],
  options?: WriteOptions,
) {
  return editMembers(sql, writer, list, members, options, async (transaction, stored, parties, epoch) =>
    outcome(epoch, stored, [], await remove(transaction, stored, parties, 'these')),
  )
}

/** Afterwards the list has exactly these members. */
export function replaceMembers(
  sql: Sql,
  writer: Writer,
  list: ListName,
  members: readonly string[],
  options?: WriteOptions,
) {
  return editMembers(sql, writer, list, members, options, async (transaction, stored, parties, epoch) => {
    const removed = await remove(transaction, stored, parties, 'others')
    return outcome(epoch, stored, await insert(transaction, stored, parties), removed)
  })
}

async function editMembers(
  sql: Sql,
  writer: Writer,
  list: ListName,
  members: readonly string[],
  options: WriteOptions | undefined,
  edit: (
    transaction: Transaction,
    stored: AccessList,
    parties: readonly Party[],
    epoch: number,
  ) => Promise<ListWork<MembersChanged>>,
): Promise<Result<MembersChanged>> {
  return editAccessList(sql, writer, list, options, async (transaction, stored, epoch) => {
    if (members.length > mostMembersPerCall)
      return invalid('members', `a call names ${mostMembersPerCall} members at most`)
    const parties = await resolveMembers(transaction, members)
    return 'kind' in parties ? parties : edit(transaction, stored, parties, epoch)
  })
}

/** An organisation that was never mentioned becomes a party; a uuid that is no party's refuses the whole call. */
async function resolveMembers(
  transaction: Transaction,
  members: readonly string[],
): Promise<readonly Party[] | Refusal> {
  const findings: Finding[] = []
  const organisations: string[] = []
  const byId = new Map<string, number>()
  members.forEach((member, index) => {
    const organisation = parseOrganisation(member)
    const id = /^urn:altinn:party:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(member)?.[1]
    if (organisation !== undefined) organisations.push(organisation)
    else if (id !== undefined) byId.set(id.toLowerCase(), index)
    else
      findings.push({
        field: `members.${index}`,
        message: `\`${member.slice(0, 100)}\` is not an organisation or party`,
      })
  })
  const ids = [...byId.keys()]
  const known = await transaction<Party[]>`select id, organisation from party where id = any(${ids}::uuid[])`
  const found = new Set(known.map((party) => party.id))
  for (const [id, index] of byId) {
    if (!found.has(id)) findings.push({ field: `members.${index}`, message: `there is no party \`${id}\`` })
  }
  const refused = invalidIf(findings)
  if (refused !== undefined) return refused
  const made = await ensureParties(transaction, organisations)
  return [...new Map([...known, ...made].map((party) => [party.id, party])).values()]
}

async function insert(
  transaction: Transaction,
  { owner, identifier }: AccessList,
  parties: readonly Party[],
): Promise<string[]> {
  const rows = await transaction<{ party: string }[]>`
    insert into access_list_member (owner, identifier, party)
    select ${owner}, ${identifier}, party from unnest(${parties.map((party) => party.id)}::uuid[]) as party
    on conflict do nothing returning party`
  return entitiesOf(transaction, rows)
}

async function remove(
  transaction: Transaction,
  { owner, identifier }: AccessList,
  parties: readonly Party[],
  whom: 'these' | 'others',
): Promise<string[]> {
  const ids = parties.map((party) => party.id)
  const rows = await transaction<{ party: string }[]>`
    delete from access_list_member
    where owner = ${owner} and identifier = ${identifier} and (party = any(${ids}::uuid[])) = ${whom === 'these'}
    returning party`
  return entitiesOf(transaction, rows)
}

async function entitiesOf(transaction: Transaction, rows: readonly { readonly party: string }[]): Promise<string[]> {
  const parties = await transaction<{ entity: string }[]>`
    select 'party:' || organisation as entity from party where id = any(${rows.map((row) => row.party)}::uuid[])`
  return parties.map((row) => row.entity)
}

function outcome(
  epoch: number,
  list: AccessList,
  added: readonly string[],
  removed: readonly string[],
): ListWork<MembersChanged> {
  const isSame = added.length === 0 && removed.length === 0
  const value = { version: isSame ? list.version : epoch, added: added.length, removed: removed.length }
  if (isSame) return { kind: 'unchanged', value }
  const kind = removed.length === 0 ? 'members-added' : added.length === 0 ? 'members-removed' : 'members-replaced'
  return { kind: 'change', value, change: { kind, entities: [...added, ...removed] } }
}
