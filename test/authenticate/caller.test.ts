import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCaller } from '../../src/authenticate/caller.ts'
import type { Caller } from '../../src/steps.ts'

const systemUser = 'A0A0A0A0-1111-4222-8333-444444444444'
const consumer = { authority: 'iso6523-actorid-upis', ID: '0192:991825827' }
const entry = {
  type: 'urn:altinn:systemuser',
  systemuser_id: [systemUser, 'b0a0a0a0-1111-4222-8333-444444444444'],
  systemuser_org: { authority: 'iso6523-actorid-upis', ID: '0192:123456789' },
  system_id: '991825827_system',
}
const asSystemUser = { kind: 'system-user', systemUser: systemUser.toLowerCase(), organisation: '123456789' } as const

interface Case {
  readonly name: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly expected: Partial<Caller>
  /** Properties that must be absent. */
  readonly absent?: readonly (keyof Caller)[]
}

const cases: readonly Case[] = [
  {
    name: 'Maskinporten token of an organisation',
    claims: { consumer, scope: 'altinn:broker.write altinn:broker.read', client_id: 'client', jti: 'j' },
    expected: {
      kind: 'organisation',
      organisation: '991825827',
      vendor: '991825827',
      scopes: ['altinn:broker.write', 'altinn:broker.read'],
      clientId: 'client',
      tokenId: 'j',
      sessionId: 'j',
      level: 3,
      claims: [],
    },
    absent: ['systemUser', 'serviceOwnerCode'],
  },
  {
    name: 'Altinn token: urn:altinn:orgNumber goes before consumer, which stays the vendor',
    claims: {
      consumer,
      'urn:altinn:orgNumber': '0192:987654321',
      'urn:altinn:authlevel': '4',
      'urn:altinn:org': 'digdir',
    },
    expected: { organisation: '987654321', vendor: '991825827', level: 4, serviceOwnerCode: 'digdir' },
  },
  {
    name: 'orgNumber that is no organisation number does not fall back to consumer',
    claims: { consumer, 'urn:altinn:orgNumber': 'unknown' },
    expected: { kind: 'organisation', vendor: '991825827' },
    absent: ['organisation'],
  },
  {
    name: 'system user',
    claims: { consumer, authorization_details: [entry] },
    expected: { ...asSystemUser, vendor: '991825827' },
  },
  {
    name: 'system user as a JSON string',
    claims: { authorization_details: JSON.stringify([entry]) },
    expected: asSystemUser,
  },
  { name: 'system user as an object', claims: { authorization_details: entry }, expected: asSystemUser },
  {
    name: 'system user as a JSON string of an object',
    claims: { authorization_details: JSON.stringify(entry) },
    expected: asSystemUser,
  },
  {
    name: 'system user as a list of one JSON string',
    claims: { authorization_details: [JSON.stringify(entry)] },
    expected: asSystemUser,
  },
  {
    name: 'first entry of type system user, after others',
    claims: {
      authorization_details: [{ type: 'other', systemuser_id: ['x'] }, 'text', entry, { ...entry, systemuser_id: [] }],
    },
    expected: asSystemUser,
  },
  {
    name: 'system user without a type',
    claims: { authorization_details: [{ ...entry, type: undefined }] },
    expected: asSystemUser,
  },
  {
    name: 'system user goes before urn:altinn:orgNumber and pid',
    claims: { authorization_details: [entry], 'urn:altinn:orgNumber': '987654321', pid: '01017012345' },
    expected: { ...asSystemUser, claims: [] },
  },
  {
    name: 'system user is the only subject: other identities of the token are left out',
    claims: {
      authorization_details: [entry],
      'urn:altinn:userid': '1',
      'urn:altinn:org': 'digdir',
      'urn:altinn:authlevel': '3',
    },
    expected: { ...asSystemUser, claims: [{ id: 'urn:altinn:authlevel', values: ['3'] }] },
  },
  ...['not json', '{"type":', 17, true, '"text"', 'null'].map((authorization_details) => ({
    name: `authorization_details ${JSON.stringify(authorization_details)} leaves the organisation unknown`,
    claims: { consumer, 'urn:altinn:orgNumber': '987654321', authorization_details },
    expected: { kind: 'organisation' as const, vendor: '991825827' },
    absent: ['organisation', 'systemUser'] as const,
  })),
  ...[[], ['not-a-uuid'], [7], undefined, [`${systemUser}0`]].map((systemuser_id) => ({
    name: `system user id ${JSON.stringify(systemuser_id)} leaves system user and organisation unknown`,
    claims: { consumer, authorization_details: [{ ...entry, systemuser_id }] },
    expected: { kind: 'system-user' as const },
    absent: ['organisation', 'systemUser'] as const,
  })),
  {
    name: 'system user with a wrong organisation number',
    claims: { authorization_details: [{ ...entry, systemuser_org: { ID: '0192:12345678' } }] },
    expected: { kind: 'system-user', systemUser: systemUser.toLowerCase() },
    absent: ['organisation'],
  },
  {
    name: 'authorization_details of other types falls through',
    claims: { consumer, authorization_details: [{ type: 'x' }] },
    expected: { kind: 'organisation', organisation: '991825827' },
  },
  {
    name: 'consumer as a JSON string',
    claims: { consumer: JSON.stringify(consumer) },
    expected: { organisation: '991825827' },
  },
  { name: 'consumer as a list', claims: { consumer: [consumer] }, expected: { organisation: '991825827' } },
  {
    name: 'consumer as text with prefix',
    claims: { consumer: 'iso6523-actorid-upis::0192:991825827' },
    expected: { organisation: '991825827' },
  },
  ...['{broken', '0192:99182582', '0192:9918258270', '0192:99182582x', '', null, 991825827, {}, [], { ID: 7 }].map(
    (value) => ({
      name: `consumer ${JSON.stringify(value)} is nobody`,
      claims: { consumer: value },
      expected: { kind: 'organisation' as const },
      absent: ['organisation', 'vendor'] as const,
    }),
  ),
  {
    name: 'person: the consumer is the web site, not whom the person acts for',
    claims: { consumer, pid: '01017012345', sid: 's', jti: 'j' },
    expected: {
      kind: 'person',
      vendor: '991825827',
      sessionId: 's',
      claims: [{ id: 'urn:altinn:person:identifier-no', values: ['01017012345'] }],
    },
    absent: ['organisation'],
  },
  {
    name: 'person of an organisation',
    claims: { pid: '01017012345', 'urn:altinn:orgNumber': '987654321' },
    expected: { kind: 'person', organisation: '987654321' },
  },
  {
    name: 'person known by user id',
    claims: { 'urn:altinn:userid': 20000 },
    expected: { kind: 'person', claims: [{ id: 'urn:altinn:userid', values: ['20000'] }] },
  },
  {
    name: 'scopes of both claims, once',
    claims: { scope: 'a b  a', 'urn:altinn:scope': 'b c' },
    expected: { scopes: ['a', 'b', 'c'] },
  },
  { name: 'scopes as a list', claims: { scope: ['a b', 'c', 7] }, expected: { scopes: ['a', 'b', 'c'] } },
  { name: 'scopes that are none', claims: { scope: 'a"b \u0000 ok' }, expected: { scopes: ['ok'] } },
  { name: 'no scopes', claims: {}, expected: { scopes: [] } },
  { name: 'level as a number', claims: { 'urn:altinn:authlevel': 2 }, expected: { level: 2 } },
  {
    name: 'level that cannot be read is the lowest',
    claims: { 'urn:altinn:authlevel': 'high' },
    expected: { level: 0 },
  },
  { name: 'level 0 is not absent', claims: { 'urn:altinn:authlevel': '0' }, expected: { level: 0 } },
  {
    name: 'further claims, in order, with their values in order',
    claims: {
      'urn:b': ['2', '1'],
      sub: 'x',
      'urn:altinn:authenticatemethod': 'maskinporten',
      'urn:example:n': [1, true, null],
      'urn:example:o': { a: 1 },
    },
    expected: {
      claims: [
        { id: 'urn:altinn:authenticatemethod', values: ['maskinporten'] },
        { id: 'urn:example:n', values: ['1', 'true'] },
      ],
    },
  },
  {
    name: 'reserved names cannot be injected',
    claims: Object.fromEntries(
      [
        'urn:portvakt:subject:acts-for',
        'urn:portvakt:systemuser:right',
        'URN:Portvakt:x',
        'urn:altinn:access-list',
        'urn:altinn:accesspackage',
        'urn:altinn:rolecode',
        'urn:altinn:role',
        'urn:altinn:external-role:ccr',
        'urn:digitaltdodsbo:rolecode',
        'urn:altinn:organization:identifier-no',
        'urn:altinn:organization:uuid',
        'urn:altinn:organizationnumber',
        'urn:altinn:systemuser:uuid',
        'urn:altinn:party:uuid',
        'urn:altinn:partytype',
        'urn:altinn:person:identifier-no',
        'urn:altinn:resource',
        'urn:altinn:resource:instance-id',
        'urn:scope',
        'urn:altinn:sessionid',
        'urn:oasis:names:tc:xacml:1.0:action:action-id',
      ].map((name) => [name, 'forged']),
    ),
    expected: { claims: [] },
  },
  {
    name: 'tokens without ids',
    claims: { jti: 'a\nb', sid: 7, client_id: '' },
    expected: {},
    absent: ['tokenId', 'sessionId', 'clientId'],
  },
]

describe('claims to caller', () => {
  test.each(cases)('$name', ({ claims, expected, absent }) => {
    const read = readCaller({ exp: 2_000_000_000, ...claims }, { issuer: 'i', level: 3 })
    expect(read).toMatchObject({ kind: 'caller', caller: { ...expected, issuer: 'i', expiresAt: 2_000_000_000 } })
    if (read.kind === 'caller') for (const property of absent ?? []) expect(read.caller).not.toHaveProperty(property)
  })

  const tooMuch: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['claims', Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`urn:example:${at}`, 'x']))],
    ['values', { 'urn:example:x': Array.from({ length: 65 }, () => 'x') }],
    ['characters', { 'urn:example:x': 'x'.repeat(2049) }],
    ['a name', { [`urn:example:${'x'.repeat(300)}`]: 'x' }],
    ['control characters', { 'urn:example:x': 'a\u0000b' }],
    ['line breaks', { 'urn:example:x': 'a\nb' }],
    ['half a surrogate pair', { 'urn:example:x': '\ud800' }],
  ]
  test.each(tooMuch)('out of bounds: %s', (_, claims) => {
    expect(readCaller({ exp: 1, ...claims }, { issuer: 'i', level: 0 })).toMatchObject({ kind: 'refused' })
  })
})

describe('whatever the claims are', () => {
  const names = [
    'authorization_details',
    'urn:altinn:orgNumber',
    'consumer',
    'pid',
    'scope',
    'urn:altinn:scope',
    'urn:altinn:authlevel',
    'urn:altinn:org',
    'jti',
    'sid',
    'client_id',
    'urn:portvakt:x',
    'urn:example:x',
  ]
  const id = fc.constantFrom(
    '0192:123456789',
    '991825827',
    '0192:1',
    systemUser,
    '',
    'urn:altinn:systemuser',
    '"',
    '[',
    '\n',
    '\ud800',
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      id,
      fc.jsonValue({ maxDepth: 2 }),
      tie('entry'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.jsonValue({ maxDepth: 2 }).map((json) => JSON.stringify(json)),
      tie('entry').map((entry) => JSON.stringify(entry)),
    ),
    entry: fc.record(
      {
        type: id,
        systemuser_id: fc.oneof(id, fc.array(id, { maxLength: 2 })),
        systemuser_org: fc.oneof(id, fc.record({ ID: id })),
        ID: tie('any'),
      },
      { requiredKeys: [] },
    ),
  })).any

  test('the caller is well-formed, and a system user is never an organisation', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (claims) => {
        const read = readCaller({ ...claims, exp: 1 }, { issuer: 'i', level: 3 })
        if (read.kind === 'refused') return
        const { caller } = read
        for (const number of [caller.organisation, caller.vendor])
          if (number !== undefined) expect(number).toMatch(/^[0-9]{9}$/)
        if (caller.systemUser !== undefined) expect(caller.systemUser).toBe(systemUser.toLowerCase())
        expect(caller.systemUser !== undefined && caller.kind !== 'system-user').toBe(false)
        if (caller.kind === 'system-user' && caller.systemUser === undefined)
          expect(caller.organisation).toBeUndefined()
        expect(caller.level).toSatisfy((level: number) => Number.isInteger(level) && level >= 0 && level <= 9)
        expect(
          caller.claims.every((claim) => claim.id.startsWith('urn:') && !claim.id.startsWith('urn:portvakt:')),
        ).toBe(true)
        const texts = [
          caller.tokenId,
          caller.clientId,
          caller.sessionId,
          ...caller.scopes,
          ...caller.claims.flatMap(({ values }) => values),
        ]
        for (const text of texts) expect(text ?? '').not.toMatch(/[\p{Cc}\p{Cs}]/u)
      }),
      { numRuns: 2000 },
    )
  })
})
