/**
 * What an uploaded policy must be besides valid XACML: one Policy without references, about this resource and no other,
 * that leaves the gateway's own obligations alone (design of the policy model).
 */
import type { AllOf, Limits, Policy, PolicySet, Problem, Rule, Target } from '../xacml/index.ts'
import { checkPolicy, parsePolicy } from '../xacml/index.ts'

const resourceAttribute = 'urn:altinn:resource'
const resourceCategory = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
const subjectCategory = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
const reservedObligation = 'urn:portvakt:obligation:'
const minimumLevel = 'urn:altinn:minimum-authenticationlevel'

/** Every finding, errors first; an upload with an error changes nothing. */
export function checkUpload(text: string, resource: string, limits: Limits): readonly Problem[] {
  const parsed = parsePolicy(text, limits)
  if (!parsed.ok) return parsed.problems
  const policy = parsed.value
  if (policy.kind === 'PolicySet') {
    return [
      error('UPLOAD-NOT-A-POLICY', 'the root element is a PolicySet; upload one Policy for each resource', policy),
    ]
  }
  const found = [
    ...checkPolicy(policy, { limits }),
    ...checkResource(policy, resource),
    ...checkObligations(policy),
    ...checkLevels(policy),
    ...lint(policy),
  ]
  return [...found.filter(isError), ...found.filter((problem) => !isError(problem))]
}

export const isError = ({ severity }: Problem): boolean => severity === 'error'

const error = (code: string, message: string, { at }: Pick<Policy | PolicySet | Rule, 'at'>): Problem => ({
  code,
  severity: 'error',
  message,
  at,
})
const warning = (code: string, message: string, { at }: Pick<Policy | Rule, 'at'>): Problem => ({
  code,
  severity: 'warning',
  message,
  at,
})

/** Each rule names this resource, itself or through the target of the policy, and names no other. */
function checkResource(policy: Policy, resource: string): readonly Problem[] {
  const ofPolicy = resourcesOf(policy.target)
  return policy.rules.flatMap((rule) => {
    const named = [...ofPolicy, ...resourcesOf(rule.target)]
    const foreign = named.find((id) => id !== resource)
    if (foreign !== undefined) {
      const message = `rule \`${rule.id}\` is about resource \`${foreign}\`, but the policy is uploaded for \`${resource}\``
      return [error('UPLOAD-FOREIGN-RESOURCE', message, rule)]
    }
    if (named.length > 0) return []
    const message = `rule \`${rule.id}\` names no resource; match \`${resourceAttribute}\` against \`${resource}\` in its target`
    return [error('UPLOAD-NO-RESOURCE', message, rule)]
  })
}

const resourcesOf = (target: Target | undefined): readonly string[] =>
  (target?.anyOf ?? []).flatMap(({ allOf }) => allOf.flatMap(resourcesOfAllOf))

const resourcesOfAllOf = ({ matches }: AllOf): readonly string[] =>
  matches
    .filter(
      ({ attribute }) =>
        attribute.category === resourceCategory &&
        attribute.kind === 'AttributeDesignator' &&
        attribute.attributeId === resourceAttribute,
    )
    .map(({ literal }) => literal.text)

function checkObligations(policy: Policy): readonly Problem[] {
  return [policy, ...policy.rules].flatMap((holder) =>
    holder.obligations
      .filter(({ id }) => id.startsWith(reservedObligation))
      .map((obligation) =>
        error(
          'UPLOAD-RESERVED-OBLIGATION',
          `obligation \`${obligation.id}\` belongs to the gateway; use an id of your own`,
          obligation,
        ),
      ),
  )
}

/** A level that is computed could not be known where it binds rights of system users too. */
function checkLevels(policy: Policy): readonly Problem[] {
  return [policy, ...policy.rules]
    .flatMap(({ obligations }) => obligations)
    .flatMap(({ assignments }) => assignments)
    .filter(({ category }) => category === minimumLevel || category === `${minimumLevel}-org`)
    .filter(({ expression }) => expression.kind !== 'AttributeValue' || !/^\s*\+?\d{1,3}\s*$/.test(expression.text))
    .map((assignment) =>
      error(
        'UPLOAD-COMPUTED-LEVEL',
        'a minimum authentication level is written down as a whole number, for example `3`',
        assignment,
      ),
    )
}

/** What is allowed but rarely meant. */
function lint(policy: Policy): readonly Problem[] {
  const found: Problem[] = []
  const asksLevel = [policy, ...policy.rules].some(({ obligations }) =>
    obligations.some(({ assignments }) => assignments.some(({ category }) => category === minimumLevel)),
  )
  if (!asksLevel) {
    found.push(
      warning(
        'LINT-NO-AUTHENTICATION-LEVEL',
        `no obligation demands a minimum authentication level; add one with category \`${minimumLevel}\``,
        policy,
      ),
    )
  }
  for (const rule of policy.rules) {
    const inTargets = [policy.target, rule.target].some((target) =>
      (target?.anyOf ?? []).some(({ allOf }) =>
        allOf.every(({ matches }) => matches.some(({ attribute }) => attribute.category === subjectCategory)),
      ),
    )
    if (rule.effect === 'Permit' && rule.condition === undefined && !inTargets) {
      found.push(
        warning(
          'LINT-WILDCARD-SUBJECT',
          `rule \`${rule.id}\` permits every subject; name organisations, access lists or scopes in its target`,
          rule,
        ),
      )
    }
  }
  return found
}
