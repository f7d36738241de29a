/** Decisions as the gateway makes them, for the tests of the record. */
import type { AttributeFact, DecidedPart, Enforced, Refusal } from '../../src/steps.ts'
import type { Value } from '../../src/xacml/index.ts'

const xs = 'http://www.w3.org/2001/XMLSchema#'

export interface Sample {
  readonly id: string
  readonly now: Date
  readonly resource?: string
  readonly instance?: string
  readonly organisation?: string
  readonly systemUser?: string
  readonly refusal?: Refusal
  readonly rule?: string
  readonly actions?: readonly string[]
}

/** A UUID of version 7 with this time and number. */
export function idAt(time: Date, number: number): string {
  const milliseconds = time.getTime().toString(16).padStart(12, '0')
  const tail = number.toString(16).padStart(12, '0')
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7000-8000-${tail}`
}

export const printValue = (_dataType: string, value: Value): string => String(value)

export const refusal: Refusal = {
  code: 'BRO-00006',
  status: 401,
  silent: false,
  reason: 'no rule of the policy permits',
}

const policies = [
  { id: 'urn:portvakt:gateway', version: '1.0', hash: 'a'.repeat(64) },
  { id: 'urn:portvakt:resource:bruksdokumenter', version: '7', hash: 'b'.repeat(64) },
]

export function sample(options: Sample): Enforced<null> {
  const {
    id,
    now,
    resource = 'bruksdokumenter',
    instance = '01981111-1111-7111-8111-111111111111',
    organisation = '991825827',
    systemUser = '5ad8f1d6-3d2c-4b4e-9d6a-0f8f0f8f0f8f',
    rule = 'urn:portvakt:rule:sender-may-write',
    actions = ['write'],
  } = options
  const facts = factsOf(now, resource, instance, organisation, systemUser)
  const decision = options.refusal === undefined ? 'Permit' : 'Deny'
  const part = (action: string): DecidedPart => ({
    ask: { action, resource, instance, party: organisation, facts: [] },
    decision,
    status: { codes: ['urn:oasis:names:tc:xacml:1.0:status:ok'] },
    obligations: [
      {
        id: 'urn:altinn:obligation:authenticationLevel1',
        assignments: [
          {
            attributeId: 'urn:altinn:obligation-assignment:1',
            category: 'urn:altinn:minimum-authenticationlevel',
            dataType: `${xs}integer`,
            value: 3n,
          },
        ],
      },
    ],
    advice: [],
    restsOn: [],
    versions: [],
    determining: ['urn:portvakt:gateway', policies[1]!.id, rule],
    attributes: [...facts, fact('action', 'urn:oasis:names:tc:xacml:1.0:action:action-id', action)],
    policies,
    cache: 'none',
  })
  const parts = actions.map(part)
  const decided = {
    kind: 'decided',
    collected: {
      kind: 'collected',
      arrival: {
        id,
        now,
        operation: 'initialize',
        authorization: undefined,
        client: { address: '10.20.30.40', method: 'POST', path: '/broker/api/v1/filetransfer' },
        trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' },
      },
      caller: {
        kind: 'system-user',
        organisation,
        vendor: '310000000',
        systemUser,
        scopes: ['altinn:broker.write', 'altinn:serviceowner'],
        level: 3,
        issuer: 'https://maskinporten.no/',
        tokenId: 'fZ1tVhP2o5w8dQv7',
        clientId: '2a6b0e9e-6f2f-4a2d-8a4f-6c1f4a3b2c1d',
        sessionId: 'session-fZ1tVhP2o5w8dQv7',
        claims: [],
        expiresAt: now.getTime() / 1000 + 100,
      },
      question: { combine: 'all', parts: parts.map(({ ask }) => ask) },
      matter: null,
    },
    advisory: [],
    parts: parts as [DecidedPart, ...DecidedPart[]],
    decision,
    epoch: 4711n,
    engine: 'portvakt 0.1.0',
    duration: 87,
  } as const
  const discharges = [{ id: 'urn:altinn:obligation:authenticationLevel1', outcome: 'met' }] as const
  if (options.refusal === undefined) return { kind: 'granted', decided, discharges }
  return { kind: 'refused', decided, discharges, refusal: options.refusal }
}

function fact(category: AttributeFact['category'], id: string, ...values: readonly Value[]): AttributeFact {
  const dataType = `${xs}${typeof values[0] === 'boolean' ? 'boolean' : 'string'}`
  return { category, id, values: values.map((value) => ({ dataType, value })) }
}

function factsOf(now: Date, resource: string, instance: string, organisation: string, systemUser: string) {
  const time = now.toISOString()
  return [
    fact('subject', 'urn:altinn:systemuser:uuid', systemUser),
    fact('subject', 'urn:portvakt:systemuser:party', organisation),
    fact('subject', 'urn:portvakt:subject:acts-for', organisation),
    fact('subject', 'urn:portvakt:systemuser:right', `${resource}:write`, `${resource}:read`),
    fact('subject', 'urn:scope', 'altinn:broker.write', 'altinn:serviceowner'),
    fact('subject', 'urn:altinn:sessionid', 'session-fZ1tVhP2o5w8dQv7'),
    fact('resource', 'urn:altinn:resource', resource),
    fact('resource', 'urn:altinn:resource:instance-id', instance),
    fact('resource', 'urn:altinn:organization:identifier-no', organisation),
    fact('resource', 'urn:portvakt:access-list-mode', 'Disabled'),
    fact('resource', 'urn:portvakt:party:access-list'),
    fact('resource', 'urn:portvakt:transfer-found', true),
    fact('action', 'urn:portvakt:operation', 'initialize'),
    {
      category: 'environment',
      id: 'urn:oasis:names:tc:xacml:1.0:environment:current-dateTime',
      values: [{ dataType: `${xs}dateTime`, value: time }],
    },
    fact('environment', 'urn:portvakt:client:address', '10.20.30.40'),
  ] satisfies AttributeFact[]
}
