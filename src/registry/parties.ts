/** Parties: organisations, each with a uuid of ours. A row appears when an organisation is first mentioned. */
import type { Queryable } from '../database/sql.ts'

export interface Party {
  readonly id: string
  /** Nine digits. */
  readonly organisation: string
}

export function isOrganisationNumber(text: string): boolean {
  return /^[0-9]{9}$/.test(text)
}

/** The names under which an organisation is given: bare, ISO 6523, either of its URNs. */
export function parseOrganisation(text: string): string | undefined {
  const match =
    /^(?:0192:|urn:altinn:organization:identifier-no:(?:0192:)?|urn:altinn:organizationnumber:)?([0-9]{9})$/.exec(text)
  return match?.[1]
}

/**
 * The parties of these organisations, made when missing. A new party is no change: nothing refers to it yet, and what
 * does next is a change itself. Throws on what is not an organisation number.
 */
export async function ensureParties(sql: Queryable, organisations: readonly string[]): Promise<readonly Party[]> {
  const wanted = [...new Set(organisations)].sort()
  if (wanted.length === 0) return []
  await sql`
    insert into party (organisation) select organisation from unnest(${wanted}::text[]) as organisation
    on conflict (organisation) do nothing`
  return sql<
    Party[]
  >`select id, organisation from party where organisation = any(${wanted}::text[]) order by organisation`
}
