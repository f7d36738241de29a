/** What decisions and transfers need to know about a resource, in one look-up each. */
import type { Queryable } from '../database/sql.ts'

export interface ResourceFacts {
  /** Nine digits. */
  readonly owner: string
  readonly accessListMode: 'Enabled' | 'Disabled'
  /** Whether it has file transfer settings. */
  readonly configured: boolean
  /** Whether parties may give rights on it to their system users. */
  readonly delegable: boolean
}

export async function findResourceFacts(sql: Queryable, identifier: string): Promise<ResourceFacts | undefined> {
  const [row] = await sql<ResourceFacts[]>`
    select r.owner, r.access_list_mode as "accessListMode", b.resource is not null as configured,
      coalesce((r.document->>'delegable')::boolean, true) as delegable
    from resource r left join broker_configuration b on b.resource = r.identifier
    where r.identifier = ${identifier} and r.deleted_at is null`
  return row
}

/** Who owns each resource, or owned it before it was deleted; ids are never used again, so that is one organisation. */
export async function findOwners(sql: Queryable, identifiers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ identifier: string; owner: string }[]>`
    select identifier, owner from resource where identifier = any(${[...identifiers]}::text[])`
  return new Map(rows.map(({ identifier, owner }) => [identifier, owner]))
}

/** All resources of the owner of this one, itself and deleted ones too; none when it was never there. */
export async function findOfSameOwner(sql: Queryable, identifier: string): Promise<readonly string[]> {
  const rows = await sql<{ identifier: string }[]>`
    select identifier from resource where owner = (select owner from resource where identifier = ${identifier})`
  return rows.map((row) => row.identifier)
}

/** A resource with its file transfer settings; what is not set is absent. */
export interface TransferResource {
  readonly id: string
  /** Nine digits. */
  readonly owner: string
  readonly ownerIsRegistered: boolean
  readonly configured: boolean
  /** Bytes. */
  readonly maxFileTransferSize?: number
  /** Seconds. */
  readonly timeToLive?: number
  readonly purgeAfterAllConfirmed?: boolean
  /** Seconds. */
  readonly purgeGracePeriod?: number
  /** Nine digits. */
  readonly requiredParty?: string
  readonly approvedForUnscannedFiles: boolean
}

interface TransferRow {
  readonly id: string
  readonly owner: string
  readonly ownerIsRegistered: boolean
  readonly configured: boolean
  readonly maxFileTransferSize: number | null
  readonly timeToLive: number | null
  readonly purgeAfterAllConfirmed: boolean | null
  readonly purgeGracePeriod: number | null
  readonly requiredParty: string | null
  readonly approvedForUnscannedFiles: boolean
}

export async function findTransferResource(sql: Queryable, identifier: string): Promise<TransferResource | undefined> {
  const [row] = await sql<TransferRow[]>`
    select r.identifier as id, r.owner, o.organisation is not null as "ownerIsRegistered",
      b.resource is not null as configured, b.max_file_transfer_size as "maxFileTransferSize",
      b.time_to_live_seconds as "timeToLive", b.purge_after_all_confirmed as "purgeAfterAllConfirmed",
      b.purge_grace_seconds as "purgeGracePeriod", b.required_party as "requiredParty",
      coalesce(b.approved_for_disabled_virus_scan, false) as "approvedForUnscannedFiles"
    from resource r
    left join service_owner o on o.organisation = r.owner
    left join broker_configuration b on b.resource = r.identifier
    where r.identifier = ${identifier} and r.deleted_at is null`
  if (row === undefined) return undefined
  const { maxFileTransferSize, timeToLive, purgeAfterAllConfirmed, purgeGracePeriod, requiredParty, ...always } = row
  return {
    ...always,
    ...(maxFileTransferSize === null ? {} : { maxFileTransferSize }),
    ...(timeToLive === null ? {} : { timeToLive }),
    ...(purgeAfterAllConfirmed === null ? {} : { purgeAfterAllConfirmed }),
    ...(purgeGracePeriod === null ? {} : { purgeGracePeriod }),
    ...(requiredParty === null ? {} : { requiredParty }),
  }
}
