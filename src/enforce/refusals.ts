/**
 * How a refusal is answered is an obligation on Deny in gateway.xml. This reads it; it knows the list of answers there
 * are, and nothing about when one is given.
 */
import { isProblemCode, type ProblemCode, problems } from '../problems.ts'
import type { Refusal } from '../steps.ts'
import type { Obligation } from '../xacml/index.ts'

export const refusalObligation = 'urn:portvakt:obligation:refusal'

const status = 'urn:portvakt:refusal:status'
const code = 'urn:portvakt:refusal:code'
const answer = 'urn:portvakt:refusal:answer'

/** Given when nothing better is known: Indeterminate, an unmet obligation, a Deny that says nothing. */
const noAccess: ProblemCode = 'BRO-00006'

export const refuseWithoutAccess = (reason: string): Refusal => ({
  code: noAccess,
  status: problems[noAccess].status,
  silent: false,
  reason,
})

/** The refusal that the obligations of a Deny ask for; the outermost policy that names one comes last, the innermost wins. */
export function refusalOf(obligations: readonly Obligation[], reason: string): Refusal {
  for (const obligation of obligations) {
    if (obligation.id !== refusalObligation) continue
    const refusal = readRefusal(obligation, reason)
    if (refusal !== undefined) return refusal
  }
  return refuseWithoutAccess(`${reason}; the Deny carries no refusal that can be read`)
}

/** Undefined when the obligation does not say, or asks for what is no refusal. */
export function readRefusal(obligation: Obligation, reason: string): Refusal | undefined {
  const read = (id: string): string | undefined => {
    const values = obligation.assignments.filter((assignment) => assignment.attributeId === id)
    return values.length === 1 ? String(values[0]!.value) : undefined
  }
  const wantedCode = read(code)
  const wantedStatus = Number(read(status))
  if (wantedCode === undefined || !isProblemCode(wantedCode)) return undefined
  if (!allowedStatuses.has(wantedStatus)) return undefined
  return { code: wantedCode, status: wantedStatus, silent: read(answer) === 'empty', reason }
}

/** A refusal says that the caller may not, or that there is nothing: it never looks like success or like a bug. */
const allowedStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 451])
