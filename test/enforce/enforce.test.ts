/** From decision to grant or refusal: every row is a question's parts and what must come of them. */
import { describe, expect, test } from 'vitest'
import { enforce } from '../../src/enforce/enforce.ts'
import type { Caller, Decided, DecidedPart, Question } from '../../src/steps.ts'
import type { Obligation } from '../../src/xacml/index.ts'

const integer = 'http://www.w3.org/2001/XMLSchema#integer'
const string = 'http://www.w3.org/2001/XMLSchema#string'

const level = (value: unknown, category = 'urn:altinn:minimum-authenticationlevel'): Obligation => ({
  id: 'urn:altinn:obligation:authenticationLevel1',
  assignments: [
    { attributeId: 'urn:altinn:obligation1-assignment1', category, dataType: integer, value: value as bigint },
  ],
})

const refusal = (status: unknown, code: string, answer = 'problem'): Obligation => ({
  id: 'urn:portvakt:obligation:refusal',
  assignments: [
    { attributeId: 'urn:portvakt:refusal:status', dataType: integer, value: status as bigint },
    { attributeId: 'urn:portvakt:refusal:code', dataType: string, value: code },
    { attributeId: 'urn:portvakt:refusal:answer', dataType: string, value: answer },
  ],
})

const part = (decision: DecidedPart['decision'], obligations: readonly Obligation[] = []): DecidedPart => ({
  ask: { action: 'read', facts: [] },
  decision,
  status: { codes: ['urn:oasis:names:tc:xacml:1.0:status:ok'] },
  obligations,
  advice: [],
  determining: ['urn:portvakt:policyset:gateway', 'urn:portvakt:policy:x'],
  attributes: [],
  policies: [],
  restsOn: [],
  versions: [],
  cache: 'none',
})

function decided(
  combine: Question['combine'],
  asked: number,
  parts: readonly DecidedPart[],
  caller: Partial<Caller> = {},
): Decided<null> {
  const ask = { action: 'read', facts: [] }
  return {
    kind: 'decided',
    collected: {
      kind: 'collected',
      arrival: {
        id: '0',
        now: new Date(0),
        operation: 'download',
        authorization: undefined,
        client: { address: '', method: 'GET', path: '/' },
        trace: { traceId: '', spanId: '' },
      },
      caller: { kind: 'organisation', scopes: [], level: 3, issuer: 'i', claims: [], expiresAt: 0, ...caller },
      question: { combine, parts: Array.from({ length: asked }, () => ask) },
      matter: null,
    },
    parts: parts as [DecidedPart, ...DecidedPart[]],
    advisory: [],
    decision: parts[parts.length - 1]!.decision,
    epoch: 0n,
    engine: 'test',
    duration: 0,
  }
}

const granted = 'granted'
const cases: readonly (readonly [name: string, decided: Decided<null>, expected: string])[] = [
  ['a permit without obligations', decided('all', 1, [part('Permit')]), granted],
  ['any: the second permits', decided('any', 2, [part('Deny'), part('Permit')]), granted],
  [
    'all: the second refuses',
    decided('all', 2, [part('Permit'), part('Deny', [refusal(403n, 'PVK-00003', 'empty')])]),
    'PVK-00003 403 silent',
  ],
  ['a deny that says nothing', decided('all', 1, [part('Deny')]), 'BRO-00006 401'],
  [
    'a deny with a code that does not exist',
    decided('all', 1, [part('Deny', [refusal(404n, 'BRO-99999')])]),
    'BRO-00006 401',
  ],
  [
    'a deny that would look like success',
    decided('all', 1, [part('Deny', [refusal(200n, 'BRO-00001')])]),
    'BRO-00006 401',
  ],
  [
    'a deny that would look like a bug',
    decided('all', 1, [part('Deny', [refusal(500n, 'BRO-00001')])]),
    'BRO-00006 401',
  ],
  ['not applicable', decided('all', 1, [part('NotApplicable')]), 'BRO-00006 401'],
  ['indeterminate', decided('all', 1, [part('Indeterminate')]), 'BRO-00006 401'],
  [
    'an obligation nobody knows',
    decided('all', 1, [part('Permit', [{ id: 'urn:x', assignments: [] }])]),
    'BRO-00006 401',
  ],
  ['level met', decided('all', 1, [part('Permit', [level(3n)])]), granted],
  ['level missed', decided('all', 1, [part('Permit', [level(4n)])]), 'BRO-00006 401'],
  ['the highest level of all counts', decided('all', 1, [part('Permit', [level(2n), level(4n)])]), 'BRO-00006 401'],
  ['a level as a string', decided('all', 1, [part('Permit', [level('2')])]), granted],
  ['a level that is no number', decided('all', 1, [part('Permit', [level('high')])]), 'BRO-00006 401'],
  [
    'the bound for service owners',
    decided('all', 1, [part('Permit', [level(4n), level(3n, 'urn:altinn:minimum-authenticationlevel-org')])], {
      serviceOwnerCode: 'ttd',
    }),
    granted,
  ],
  [
    'the bound for service owners is only for them',
    decided('all', 1, [part('Permit', [level(4n), level(3n, 'urn:altinn:minimum-authenticationlevel-org')])]),
    'BRO-00006 401',
  ],
  [
    'a level beside an assignment of another category',
    decided('all', 1, [
      part('Permit', [
        { id: 'urn:x', assignments: [...level(1n).assignments, { attributeId: 'a', dataType: string, value: 'v' }] },
      ]),
    ]),
    'BRO-00006 401',
  ],
  [
    'our own level without a bound',
    decided('all', 1, [
      part('Permit', [{ id: 'urn:portvakt:obligation:minimum-authenticationlevel', assignments: [] }]),
    ]),
    granted,
  ],
]

describe('enforcement is biased to deny', () => {
  test.each(cases)('%s', (_name, given, expected) => {
    const enforced = enforce(given)
    const said =
      enforced.kind === 'granted'
        ? granted
        : `${enforced.refusal.code} ${enforced.refusal.status}${enforced.refusal.silent ? ' silent' : ''}`
    expect(said).toBe(expected)
  })

  test('a part that nobody decided is a bug, not a refusal', () => {
    expect(() => enforce(decided('all', 2, [part('Permit')]))).toThrow('taken for a refusal')
  })
})
