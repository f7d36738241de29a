/** The refusals that the gateway's own policies ask for are ones that it can give: found at the start, not at the first Deny. */
import type { ObligationExpression, Policy, PolicySet, Problem } from '../xacml/index.ts'
import { readRefusal, refusalObligation } from './refusals.ts'

/** Obligations whose values are computed can be judged only when they are met. */
export function checkRefusals(policy: Policy | PolicySet): readonly Problem[] {
  return obligationsOf(policy)
    .filter((one) => one.id === refusalObligation && isConstant(one) && readRefusal(written(one), '') === undefined)
    .map(({ at }) => ({
      code: 'POLICIES-REFUSAL',
      severity: 'error',
      message:
        'the obligation asks for a refusal that cannot be given; it takes one `urn:portvakt:refusal:code` out of the codes ' +
        'of the README, and one `urn:portvakt:refusal:status` of 400, 401, 403, 404, 410 or 451',
      at,
    }))
}

function obligationsOf(policy: Policy | PolicySet): readonly ObligationExpression[] {
  const inside =
    policy.kind === 'Policy'
      ? policy.rules.flatMap(({ obligations }) => obligations)
      : policy.children.flatMap((child) =>
          child.kind === 'Policy' || child.kind === 'PolicySet' ? obligationsOf(child) : [],
        )
  return [...policy.obligations, ...inside]
}

const isConstant = ({ assignments }: ObligationExpression): boolean =>
  assignments.every(({ expression }) => expression.kind === 'AttributeValue')

const written = ({ id, assignments }: ObligationExpression) => ({
  id,
  assignments: assignments.flatMap(({ attributeId, expression }) =>
    expression.kind === 'AttributeValue'
      ? [{ attributeId, dataType: expression.dataType, value: expression.text.trim() }]
      : [],
  ),
})
