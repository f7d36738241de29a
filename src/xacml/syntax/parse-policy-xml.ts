/** Policies from their XML form: XACML 3.0 core, sections 5.1 to 5.24. */
import { defaultLimits, type Limits } from '../limits.ts'
import type {
  CombinerParameters,
  Effect,
  Policy,
  PolicyReference,
  PolicySet,
  PolicySetChild,
  Rule,
} from '../model/policy.ts'
import type { Outcome } from '../problems.ts'
import { childOf, childrenOf, optionalUri, stringOf, uriOf } from './access.ts'
import { checkShape } from './check-shape.ts'
import { outcome, problem } from './outcome.ts'
import { type Building, readCondition, readLiteral, readVariables } from './parse-expression-xml.ts'
import { readAdvice, readObligations } from './parse-obligations-xml.ts'
import { readTarget } from './parse-target-xml.ts'
import { collapse } from './xml/characters.ts'
import { attributeOf, type XmlElement } from './xml/element.ts'
import { readXml } from './xml/read-xml.ts'
import { versionOf } from './xpath-version.ts'

/**
 * Reads one policy document. What the schema refuses is refused, with every finding; what the schema cannot say (known
 * functions, types, references, unique ids) is for checking. A `PolicyIssuer` and combiner parameters are carried.
 */
export function parsePolicy(text: string, limits: Limits = defaultLimits): Outcome<Policy | PolicySet> {
  const document = readXml(text, {
    characters: limits.policyCharacters,
    depth: limits.documentDepth,
    namespaces: limits.namespacesInScope,
    setting: 'policyCharacters',
  })
  if (!document.ok) return document
  const root = document.value
  const problems = checkShape(root, ['Policy', 'PolicySet'])
  if (problems.length > 0) return outcome<never>(undefined as never, problems)
  const building: Building = { problems: [], elements: 0, xpathVersion: undefined }
  const policy = root.name === 'Policy' ? readPolicy(building, root) : readPolicySet(building, root)
  if (building.elements > limits.policyElements) {
    const message = `the document has ${building.elements} rules, policies and policy sets, ${limits.policyElements} are allowed`
    building.problems.push(problem('XACML-TOO-MANY-ELEMENTS', message, root.at))
  }
  return outcome(policy, building.problems)
}

/** Defaults hold for all that the element contains (sections 5.3 and 5.15). */
function withDefaults<T>(building: Building, element: XmlElement, name: string, read: () => T): T {
  const outer = building.xpathVersion
  const defaults = childOf(element, name)
  if (defaults !== undefined) building.xpathVersion = versionOf(required(defaults, 'XPathVersion').text)
  const value = read()
  building.xpathVersion = outer
  return value
}

function readPolicySet(building: Building, element: XmlElement): PolicySet {
  building.elements += 1
  return withDefaults(building, element, 'PolicySetDefaults', () => ({
    kind: 'PolicySet',
    id: uriOf(element, 'PolicySetId'),
    version: stringOf(element, 'Version'),
    combiningAlgorithm: uriOf(element, 'PolicyCombiningAlgId'),
    ...readPreamble(element, 'PolicySetDefaults'),
    target: readTarget(building, required(element, 'Target')),
    children: readPolicySetChildren(building, element),
    ...readClosing(building, element),
  }))
}

function readPolicy(building: Building, element: XmlElement): Policy {
  building.elements += 1
  return withDefaults(building, element, 'PolicyDefaults', () => ({
    kind: 'Policy',
    id: uriOf(element, 'PolicyId'),
    version: stringOf(element, 'Version'),
    combiningAlgorithm: uriOf(element, 'RuleCombiningAlgId'),
    ...readPreamble(element, 'PolicyDefaults'),
    target: readTarget(building, required(element, 'Target')),
    variables: readVariables(building, element),
    rules: childrenOf(element, 'Rule').map((rule) => readRule(building, rule)),
    ...readClosing(building, element),
  }))
}

function required(element: XmlElement, name: string): XmlElement {
  const child = childOf(element, name)
  if (child === undefined) throw new Error(`unchecked tree: ${element.name} without ${name}`)
  return child
}

type Preamble = Pick<Policy, 'description' | 'issuer' | 'maxDelegationDepth' | 'xpathVersion'>

function readPreamble(element: XmlElement, defaultsName: string): Preamble {
  const issuer = childOf(element, 'PolicyIssuer')
  const defaults = childOf(element, defaultsName)
  return {
    ...readDescription(element),
    ...(issuer === undefined ? {} : { issuer: { at: issuer.at } }),
    ...optionalUri(element, 'MaxDelegationDepth', 'maxDelegationDepth'),
    ...(defaults === undefined ? {} : { xpathVersion: collapse(required(defaults, 'XPathVersion').text) }),
  }
}

function readDescription(element: XmlElement): { readonly description?: string } {
  const description = childOf(element, 'Description')
  return description === undefined ? {} : { description: description.text }
}

type Closing = Pick<Policy, 'combinerParameters' | 'obligations' | 'advice' | 'at'>

function readClosing(building: Building, element: XmlElement): Closing {
  return {
    combinerParameters: readCombinerParameters(building, element),
    obligations: readObligations(building, element),
    advice: readAdvice(building, element),
    at: element.at,
  }
}

function readPolicySetChildren(building: Building, element: XmlElement): readonly PolicySetChild[] {
  const children: PolicySetChild[] = []
  for (const child of element.children) {
    if (child.name === 'PolicySet') children.push(readPolicySet(building, child))
    else if (child.name === 'Policy') children.push(readPolicy(building, child))
    else if (child.name === 'PolicyIdReference' || child.name === 'PolicySetIdReference') {
      children.push(readReference(child, child.name))
    }
  }
  return children
}

function readReference(element: XmlElement, kind: PolicyReference['kind']): PolicyReference {
  return {
    kind,
    id: collapse(element.text),
    ...optionalUri(element, 'Version', 'version'),
    ...optionalUri(element, 'EarliestVersion', 'earliestVersion'),
    ...optionalUri(element, 'LatestVersion', 'latestVersion'),
    at: element.at,
  }
}

function readRule(building: Building, element: XmlElement): Rule {
  building.elements += 1
  const target = childOf(element, 'Target')
  const condition = childOf(element, 'Condition')
  return {
    kind: 'Rule',
    id: stringOf(element, 'RuleId'),
    effect: stringOf(element, 'Effect') as Effect,
    ...readDescription(element),
    ...(target === undefined ? {} : { target: readTarget(building, target) }),
    ...(condition === undefined ? {} : { condition: readCondition(building, condition) }),
    obligations: readObligations(building, element),
    advice: readAdvice(building, element),
    at: element.at,
  }
}

const combinerParameterKinds: ReadonlyMap<string, readonly [CombinerParameters['kind'], ref: string | undefined]> =
  new Map([
    ['CombinerParameters', ['CombinerParameters', undefined]],
    ['RuleCombinerParameters', ['RuleCombinerParameters', 'RuleIdRef']],
    ['PolicyCombinerParameters', ['PolicyCombinerParameters', 'PolicyIdRef']],
    ['PolicySetCombinerParameters', ['PolicySetCombinerParameters', 'PolicySetIdRef']],
  ])

function readCombinerParameters(building: Building, owner: XmlElement): readonly CombinerParameters[] {
  const all: CombinerParameters[] = []
  for (const element of owner.children) {
    const known = combinerParameterKinds.get(element.name)
    if (known === undefined) continue
    const [kind, refName] = known
    const ref = refName === undefined ? undefined : attributeOf(element, refName)
    const parameters = childrenOf(element, 'CombinerParameter').map((parameter) => ({
      name: stringOf(parameter, 'ParameterName'),
      value: readLiteral(building, required(parameter, 'AttributeValue')),
    }))
    all.push({
      kind,
      // A rule id is a string, the other two are URIs.
      ...(ref === undefined ? {} : { ref: kind === 'RuleCombinerParameters' ? ref : collapse(ref) }),
      parameters,
      at: element.at,
    })
  }
  return all
}
