/**
 * From a decision to a grant or a refusal. Biased to deny (XACML 3.0 core, section 7.2.1): only a Permit whose every
 * obligation is known and met grants; Deny, NotApplicable and Indeterminate refuse, each with its true reason.
 */
import type { Decided, DecidedPart, Discharge, Enforced, Refusal } from '../steps.ts'
import type { Obligation } from '../xacml/index.ts'
import { dischargeAuthenticationLevel, isAuthenticationLevel } from './authentication-level.ts'
import { refusalOf, refuseWithoutAccess } from './refusals.ts'

export function enforce<M>(decided: Decided<M>): Enforced<M> {
  const { caller, question } = decided.collected
  const permits = decided.parts.filter((part) => part.decision === 'Permit')
  const permitted = question.combine === 'any' ? permits.length > 0 : permits.length === question.parts.length
  if (!permitted) return refuse(decided, [], refusalOfPart(decidingPart(decided)))

  const obligations = permits.flatMap((part) => part.obligations)
  const discharges = discharge(obligations, caller)
  const unmet = discharges.find(({ outcome }) => outcome !== 'met')
  if (unmet === undefined) return { kind: 'granted', decided, discharges }
  const reason = `obligation \`${unmet.id}\` is ${unmet.outcome}${unmet.detail === undefined ? '' : `: ${unmet.detail}`}`
  return refuse(decided, discharges, refuseWithoutAccess(reason))
}

function discharge(
  obligations: readonly Obligation[],
  caller: Decided<unknown>['collected']['caller'],
): readonly Discharge[] {
  const levels = obligations.filter(isAuthenticationLevel)
  const others = obligations.filter((obligation) => !isAuthenticationLevel(obligation))
  return [
    ...dischargeAuthenticationLevel(levels, caller),
    ...others.map(({ id }): Discharge => ({ id, outcome: 'unknown', detail: 'no handler knows this obligation' })),
  ]
}

const refuse = <M>(decided: Decided<M>, discharges: readonly Discharge[], refusal: Refusal): Enforced<M> => ({
  kind: 'refused',
  decided,
  discharges,
  refusal,
})

/** `all` stopped at the part that refused; of an `any` the last one speaks. */
const decidingPart = <M>(decided: Decided<M>): DecidedPart => decided.parts[decided.parts.length - 1]!

function refusalOfPart(part: DecidedPart): Refusal {
  const rule = part.determining[part.determining.length - 1]
  switch (part.decision) {
    case 'Deny':
      return refusalOf(part.obligations, rule === undefined ? 'denied' : `denied by \`${rule}\``)
    case 'Indeterminate':
      return refuseWithoutAccess(`indeterminate: ${part.status.message ?? part.status.codes[0]}`)
    case 'NotApplicable':
      return refuseWithoutAccess('no policy applies')
    case 'Permit':
      throw new Error('a permit was taken for a refusal')
  }
}
