/** What this engine does not implement is refused by name, never ignored (section 10). */
import type { Policy, PolicySet } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { isXPathVersion } from '../syntax/xpath-version.ts'
import { type Check, error } from './check.ts'

export const unsupportedElements: Check = function* ({ policies, policySets }) {
  for (const element of [...policies, ...policySets]) yield* checkElement(element)
}

function* checkElement({ issuer, combinerParameters, xpathVersion, at }: Policy | PolicySet): Iterable<Problem> {
  if (issuer !== undefined) {
    yield error(
      'XACML-POLICY-ISSUER',
      issuer.at,
      'delegation is not supported, so a policy has no issuer; remove `<PolicyIssuer>`',
    )
  }
  for (const parameters of combinerParameters) {
    const message = `no combining algorithm here takes parameters; remove \`<${parameters.kind}>\``
    yield error('XACML-COMBINER-PARAMETERS', parameters.at, message)
  }
  if (xpathVersion !== undefined && !isXPathVersion(xpathVersion)) {
    const message = `XPath version \`${xpathVersion}\` is not known; use \`http://www.w3.org/TR/1999/REC-xpath-19991116\``
    yield error('XACML-XPATH-VERSION', at, message)
  }
}
