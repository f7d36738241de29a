/** What access lists say about a party: asked for every decision that looks at it, so each is one indexed query. */
import type { Queryable } from '../database/sql.ts'

/** `{owner}:{list}` of every list the organisation is on, in order. */
export async function listsOf(sql: Queryable, organisation: string): Promise<readonly string[]> {
  const rows = await sql<{ list: string }[]>`
    select m.owner || ':' || m.identifier as list from access_list_member m join party p on p.id = m.party
    where p.organisation = ${organisation} order by 1`
  return rows.map((row) => row.list)
}

/** The same, only lists that are connected to the resource and cover the action (compared exactly, case included). */
export async function connectedListsOf(
  sql: Queryable,
  organisation: string,
  resource: string,
  action: string,
): Promise<readonly string[]> {
  const rows = await sql<{ list: string }[]>`
    select m.owner || ':' || m.identifier as list
    from party p
    join access_list_member m on m.party = p.id
    join access_list_connection c on c.owner = m.owner and c.identifier = m.identifier
    where p.organisation = ${organisation} and c.resource = ${resource}
      and (cardinality(c.action_filters) = 0 or ${action} = any(c.action_filters))
    order by 1`
  return rows.map((row) => row.list)
}
