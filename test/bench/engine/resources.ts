/** resource-N: one policy of the shape that service owners upload per resource; median size, 5.5 KB of XML. */
import type * as model from '../../../src/xacml/model/policy.ts'
import type { Request } from '../../../src/xacml/model/request.ts'
import * as b from './build.ts'
import type { Random } from './random.ts'

const organisation = b.designator(b.subject, 'urn:altinn:organization:identifier-no')
const accessList = b.designator(b.subject, 'urn:altinn:access-list')
const role = b.designator(b.subject, 'urn:altinn:rolecode')
const resourceId = b.designator(b.resource, 'urn:altinn:resource')
const actionId = b.designator(b.action, b.actionId)

const actions = ['read', 'write', 'subscribe', 'publish'] as const
const roleCodes = ['dagl', 'REGNA', 'priv', 'A0239', 'INNH', 'lede']

export const resourceName = (i: number): string => `bruksmonster-tjeneste-${i}`
export const organisationName = (i: number): string => String(810_000_000 + i)
const authenticationLevel = 'urn:altinn:minimum-authenticationlevel'

/** Who may do what, so that requests can be drawn to be permitted. */
export interface ResourceShape {
  readonly resource: string
  readonly rules: readonly { readonly organisation: string; readonly actions: readonly string[] }[]
}

export const shapeOf = (i: number, random: Random): ResourceShape => ({
  resource: resourceName(i),
  rules: [0, 1].map(() => ({
    organisation: organisationName(random.integer(1_000)),
    actions: actions.slice(random.integer(2), 2 + random.integer(3)),
  })),
})

export function resourcePolicy(shape: ResourceShape, random: Random): model.Policy {
  return b.policy(`urn:altinn:resource:${shape.resource}`, {
    rules: shape.rules.map((rule, n) =>
      b.rule(`urn:altinn:resource:${shape.resource}:rule:${n + 1}`, 'Permit', {
        description: `Rule ${n + 1} of ${shape.resource}: who may act on its files, and how`,
        target: b.target(
          b.anyOf(...subjects(rule.organisation, shape.resource, random)),
          b.anyOf(b.match(resourceId, shape.resource)),
          b.anyOf(...rule.actions.map((name) => b.match(actionId, name))),
        ),
      }),
    ),
    obligations: [
      b.obligation('urn:altinn:obligation:authenticationLevel1', 'Permit', [
        {
          attributeId: 'urn:altinn:obligation1-assignment1',
          category: authenticationLevel,
          expression: b.literal('2', 'integer'),
        },
      ]),
    ],
  })
}

function subjects(organisationNumber: string, resource: string, random: Random): readonly model.Match[] {
  const others = [b.match(accessList, `ttd:${resource}-list`), b.match(role, random.pick(roleCodes), b.ignoringCase)]
  return [b.match(organisation, organisationNumber), ...others.slice(0, random.integer(3))]
}

/** Half of them permitted. */
export function resourceRequests(shapes: readonly ResourceShape[], count: number, random: Random): readonly Request[] {
  return Array.from({ length: count }, (_, i) => {
    const shape = random.pick(shapes)
    const rule = random.pick(shape.rules)
    const permitted = i % 2 === 0
    return medianRequest({
      organisation: permitted ? rule.organisation : organisationName(5_000 + random.integer(1_000)),
      action: permitted ? random.pick(rule.actions) : random.pick(actions),
      resource: shape.resource,
    })
  })
}

/** The request of median size: about 850 bytes of JSON. */
export function medianRequest(asked: { organisation: string; action: string; resource: string }): Request {
  return b.request(
    {
      category: b.subject,
      attributes: [
        b.attribute('urn:altinn:organization:identifier-no', asked.organisation),
        b.attribute('urn:scope', 'altinn:broker.read'),
        b.attribute('urn:altinn:sessionid', '2f1f1f4e-6d4b-4dbe-9f2f-6a0e2d1c7b11'),
      ],
    },
    { category: b.action, attributes: [b.attribute(b.actionId, asked.action)] },
    {
      category: b.resource,
      attributes: [
        b.attribute('urn:altinn:resource', asked.resource),
        b.attribute('urn:altinn:organization:identifier-no', asked.organisation),
        b.attribute('urn:altinn:resource:instance-id', '1b6b9d43-90d5-4f4e-8a31-5dd22ea0a3b2'),
      ],
    },
  )
}
