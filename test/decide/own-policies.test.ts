/** Policies of an operator's own may look at less than those that come with the gateway: an answer is still for its question alone. */
import { expect, test } from 'vitest'
import { type GatewayPolicies, loadGatewayPolicies } from '../../src/decide/policy-store.ts'
import type { Ask } from '../../src/steps.ts'
import { defaultLimits } from '../../src/xacml/index.ts'
import { organisations } from '../support/gateway.ts'
import { createWorld, type Database, toSearch } from './world.ts'

const xacml = 'urn:oasis:names:tc:xacml'
const string = 'http://www.w3.org/2001/XMLSchema#string'
const firstApplicable = `${xacml}:1.0:policy-combining-algorithm:first-applicable`

const policy = (id: string, rule: string): string =>
  `<Policy PolicyId="${id}" Version="1.0" RuleCombiningAlgId="${xacml}:1.0:rule-combining-algorithm:first-applicable">
    <Target/><Rule RuleId="${id}:rule" Effect="Permit">${rule}</Rule></Policy>`

const root = (id: string, child: string): string =>
  `<PolicySet xmlns="${xacml}:3.0:core:schema:wd-17" PolicySetId="urn:portvakt:policyset:${id}" Version="1.0"
    PolicyCombiningAlgId="${firstApplicable}"><Target/>${child}</PolicySet>`

const isThere = ([category, id]: readonly [category: string, id: string]): string =>
  `<Apply FunctionId="${xacml}:1.0:function:integer-greater-than">
    <Apply FunctionId="${xacml}:1.0:function:string-bag-size">
      <AttributeDesignator Category="${category}" AttributeId="${id}" DataType="${string}" MustBePresent="false"/></Apply>
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">0</AttributeValue></Apply>`

/** Permits where each attribute has a value, and looks at nothing else. */
function lookingAt(...attributes: readonly (readonly [category: string, id: string])[]): GatewayPolicies {
  const all = `<Apply FunctionId="${xacml}:1.0:function:and">${attributes.map(isThere).join('')}</Apply>`
  const rule = `<Condition>${all}</Condition>`
  const files = [
    { name: 'gateway.xml', text: root('gateway', policy('urn:own:gateway', rule)) },
    { name: 'decision-api.xml', text: root('decision-api', policy('urn:own:api', rule)) },
    { name: 'administration.xml', text: root('administration', policy('urn:portvakt:policy:scope', '')) },
  ]
  const loaded = loadGatewayPolicies(files, defaultLimits)
  if (!loaded.ok) throw new Error(loaded.problems[0].message)
  return loaded.value
}

const { sender, recipient } = organisations
const resource = `${xacml}:3.0:attribute-category:resource`
const subject = `${xacml}:1.0:subject-category:access-subject`
const lists = [resource, 'urn:portvakt:party:access-list'] as const
const recipients = [resource, 'urn:portvakt:recipient:listed'] as const
const everything = [[resource, 'urn:portvakt:resource:owner'], [subject, 'urn:altinn:access-list'], lists] as const
const database: Database = { policy: undefined, accessListMode: 'Enabled', members: [sender], covers: ['read'] }

const about = (ask: Partial<Ask>): Ask => ({ action: 'read', resource: 'r', facts: [], ...ask })

test.each([
  ['another action', [lists], about({ party: sender }), about({ party: sender, action: 'write' })],
  ['no party', everything, about({ party: sender }), about({})],
  ['another party', [lists], about({ party: sender }), about({ party: recipient })],
  ['no recipients', [...everything.slice(0, 2), recipients], about({ recipients: [sender] }), about({})],
] as const)('what is permitted by lists is not for %s', async (_, attributes, permitted, refused) => {
  const world = createWorld({ policies: lookingAt(...attributes), database })
  const decide = async (ask: Ask): Promise<readonly string[]> => {
    const { parts } = await world.decider.decide(toSearch({ combine: 'all', parts: [ask] }))
    return [parts[0].decision, parts[0].cache]
  }
  expect(await decide(permitted)).toEqual(['Permit', 'none'])
  expect((await decide(refused))[0]).toBe('NotApplicable')
  expect(await decide(permitted)).toEqual(['Permit', 'memory'])
})
