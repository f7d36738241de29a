/**
 * Obligation urn:altinn:minimum-authenticationlevel. It is known by the *category* of its assignments, its id varies in
 * the field; the highest of all counts. A token of a service owner may be measured by the bound for organisations instead
 * (contract of the Altinn decision point, on obligations).
 */
import type { Caller, Discharge } from '../steps.ts'
import type { Obligation } from '../xacml/index.ts'

const minimum = 'urn:altinn:minimum-authenticationlevel'
const minimumForOwners = 'urn:altinn:minimum-authenticationlevel-org'
/** Our own id, for the obligation whose bounds are attributes and may be none. */
const fromRights = 'urn:portvakt:obligation:minimum-authenticationlevel'

export const isAuthenticationLevel = ({ id, assignments }: Obligation): boolean =>
  id === fromRights ||
  (assignments.length > 0 && assignments.every(({ category }) => category === minimum || category === minimumForOwners))

export function dischargeAuthenticationLevel(obligations: readonly Obligation[], caller: Caller): readonly Discharge[] {
  const general = highest(obligations, minimum)
  const forOwners = highest(obligations, minimumForOwners)
  if (general === 'unreadable' || forOwners === 'unreadable') {
    return obligations.map(({ id }) => ({
      id,
      outcome: 'unmet',
      detail: 'the authentication level is no whole number',
    }))
  }
  const bound = caller.serviceOwnerCode !== undefined && caller.level < general && forOwners > 0 ? forOwners : general
  const detail = `level ${caller.level}, at least ${bound} is needed`
  return obligations.map(({ id }) => ({ id, outcome: caller.level >= bound ? 'met' : 'unmet', detail }))
}

/** 0 when no assignment of the category is there. */
function highest(obligations: readonly Obligation[], category: string): number | 'unreadable' {
  let level = 0
  for (const { assignments } of obligations) {
    for (const assignment of assignments) {
      if (assignment.category !== category) continue
      const text = String(assignment.value).trim()
      if (!/^[+]?\d{1,9}$/.test(text)) return 'unreadable'
      level = Math.max(level, Number(text))
    }
  }
  return level
}
