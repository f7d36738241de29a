/** Short ways to write policies and requests as XML. Ids of functions and algorithms leave their common prefix out. */

const namespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
const urn = 'urn:oasis:names:tc:xacml'

export const xsd = (name: string): string => `http://www.w3.org/2001/XMLSchema#${name}`
export const subject = `${urn}:1.0:subject-category:access-subject`

/** `1.0:string-equal` for `urn:oasis:names:tc:xacml:1.0:function:string-equal`. */
const functionId = (short: string): string => `${urn}:${short.replace(':', ':function:')}`

export const literal = (type: string, text: string): string =>
  `<AttributeValue DataType="${xsd(type)}">${text}</AttributeValue>`

export const fn = (id: string): string => `<Function FunctionId="${functionId(id)}"/>`

export const apply = (id: string, ...args: readonly string[]): string =>
  `<Apply FunctionId="${functionId(id)}">${args.join('')}</Apply>`

export const bagOf = (type: string, attributeId: string, mustBePresent = false, category = subject): string =>
  `<AttributeDesignator Category="${category}" AttributeId="${attributeId}" DataType="${xsd(type)}" MustBePresent="${mustBePresent}"/>`

export const rule = (id: string, effect: 'Permit' | 'Deny', condition = '', more = ''): string =>
  `<Rule RuleId="${id}" Effect="${effect}">${condition && `<Condition>${condition}</Condition>`}${more}</Rule>`

interface Parts {
  readonly id?: string
  readonly algorithm?: string
  readonly target?: string
  readonly defaults?: string
}

export const policy = ({ id = 'p', algorithm, target = '', defaults = '', rules }: Parts & { rules: string }): string =>
  `<Policy xmlns="${namespace}" PolicyId="${id}" Version="1.0" RuleCombiningAlgId="${urn}:${algorithm ?? '3.0:rule-combining-algorithm:deny-overrides'}">${defaults}<Target>${target}</Target>${rules}</Policy>`

export const policySet = ({ id = 's', algorithm, target = '', children }: Parts & { children: string }): string =>
  `<PolicySet xmlns="${namespace}" PolicySetId="${id}" Version="1.0" PolicyCombiningAlgId="${urn}:${algorithm ?? '3.0:policy-combining-algorithm:deny-overrides'}"><Target>${target}</Target>${children}</PolicySet>`
