import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BuiltEntry, buildEntry } from '../../src/record/build-entry.ts'
import { columnsOf } from '../../src/record/columns.ts'
import {
  contentHash,
  leafHash,
  longestEntry,
  parseEntry,
  parseFrame,
  printEntry,
  sealEntry,
} from '../../src/record/entry.ts'
import { createFrames, isSame } from '../../src/record/frames.ts'
import { commitmentOf, openCommitments, opensOne } from '../../src/record/personal.ts'
import { resourcesOf } from '../../src/record/row.ts'
import type { AttributeFact, DecidedPart, Enforced } from '../../src/steps.ts'
import { idAt, printValue, refusal, sample } from './samples.ts'

const now = new Date('2026-11-20T08:00:00.123Z')
const systemUser = '5ad8f1d6-3d2c-4b4e-9d6a-0f8f0f8f0f8f'

function build(enforced: Enforced<unknown>): BuiltEntry {
  let counter = 0
  const salt = () => createHash('sha256').update(String(counter++)).digest().subarray(0, 16)
  return buildEntry(enforced, { node: 'node-1', salt, printValue, nameFrame: createFrames() })
}

/** RFC 8785, written anew: members sorted by UTF-16 code units, undefined left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}

function withPart(enforced: Enforced<null>, change: Partial<DecidedPart>): Enforced<null> {
  const [first] = enforced.decided.parts
  return { ...enforced, decided: { ...enforced.decided, parts: [{ ...first, ...change }] } }
}

/** What a fact is written as: an attribute for each data type. */
const attributesOf = ({ category, id, issuer, values }: AttributeFact) =>
  [...new Set(values.length === 0 ? ['urn:none'] : values.map(({ dataType }) => dataType))].map((dataType) => ({
    category,
    dataType: dataType === 'urn:none' ? undefined : dataType,
    id,
    issuer,
    values: values.filter((value) => value.dataType === dataType).length,
  }))

const anything = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('null', '"', '\\', '\0', '\ud800'),
)
const facts: fc.Arbitrary<AttributeFact> = fc.record(
  {
    category: fc.constantFrom('subject', 'resource', 'urn:x:other'),
    id: anything,
    issuer: anything,
    values: fc.array(fc.record({ dataType: fc.constantFrom('urn:a', 'urn:b'), value: anything })),
  },
  { requiredKeys: ['category', 'id', 'values'] },
)
const enforcements = fc
  .record({
    attributes: fc.array(facts, { maxLength: 6 }),
    codes: fc.tuple(anything),
    message: anything,
    detail: fc.option(anything, { nil: undefined }),
    isRefused: fc.boolean(),
    action: anything,
  })
  .map(({ action, attributes, codes, detail, isRefused, message }) => {
    const whole = sample({ id: idAt(now, 7), now, ...(isRefused ? { refusal } : {}) })
    const ask = { action, facts: [] }
    const enforced = withPart(whole, { attributes, status: { codes, message }, ask })
    return detail === undefined
      ? enforced
      : { ...enforced, discharges: [{ id: 'x', outcome: 'unmet', detail } as const] }
  })

describe('the bytes of a record', () => {
  it('are canonical, and parse to what prints to them', () => {
    fc.assert(
      fc.property(enforcements, (enforced) => {
        const { entry, frame } = build(enforced)
        for (const [printed, parsed, parse] of [
          [printEntry(entry), entry, parseEntry],
          [printEntry(frame), frame, parseFrame],
        ] as const) {
          expect(printed).toBe(canonical(parsed))
          const again = parse(Buffer.from(printed))
          if (again.kind === 'malformed') throw new Error(again.reason)
          expect(again.value).toEqual(JSON.parse(JSON.stringify(parsed)))
          expect(printEntry(again.value)).toBe(printed)
        }
      }),
      { numRuns: 300 },
    )
  })

  const { entry, frame } = build(sample({ id: idAt(now, 1), now, refusal }))
  const printed = printEntry(entry)
  const malformed: Record<string, string> = {
    'white space': printed.replace(':', ': '),
    'another order': printed.replace(/^\{("assigned":[^\]]*\]),(.*)\}$/, '{$2,$1}'),
    'an unknown member': printed.replace('{', '{"a":1,'),
    'a needless escape': printed.replace('decision', '\\u0064ecision'),
    'a number with a fraction': printed.replace('"duration":87', '"duration":87.0'),
    'another version': printed.replace('"v":1', '"v":2'),
    'no JSON': printed.slice(1),
    'a byte order mark': `\ufeff${printed}`,
  }
  it.each(Object.keys(malformed))('are refused with %s', (name) => {
    expect(malformed[name]).not.toBe(printed)
    expect(parseEntry(Buffer.from(malformed[name]!)).kind).toBe('malformed')
  })

  it('have the leaf hash of RFC 6962', () => {
    expect(leafHash('')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
    const expected = createHash('sha256').update('\0').update('blåbær').digest('hex')
    expect(leafHash('blåbær')).toBe(expected)
    expect(leafHash(Buffer.from('blåbær'))).toBe(expected)
  })

  it('hold no personal value, only commitments that its openings open', () => {
    const message = `the system user ${systemUser} is withdrawn`
    const { entry, frame, openings } = build(
      withPart(sample({ id: idAt(now, 1), now }), { status: { codes: ['x'], message } }),
    )
    const bytes = printEntry(entry) + printEntry(frame)
    for (const value of [systemUser, 'fZ1tVhP2o5w8dQv7', '10.20.30.40']) expect(bytes).not.toContain(value)
    const values = openCommitments(openings)
    const { systemUser: committed } = entry.caller
    if (typeof committed !== 'object') throw new Error('the system user is not committed to')
    expect(values.get(committed.sha256)).toBe(systemUser)
    expect([...values.values()]).toContain(message)
    const salts = openings.map(([salt]) => salt)
    expect(new Set(salts).size).toBe(salts.length)
    const [salt, value] = openings[0]!
    const direct = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(value).digest('base64url')
    expect(commitmentOf(Buffer.from(salt, 'base64url'), value)).toBe(direct)
  })

  it('commit to national identity numbers wherever they stand, and never to organisation numbers', () => {
    const ask = { action: 'read', party: '01017012345', facts: [] }
    const { entry, frame } = build(withPart(sample({ id: idAt(now, 1), now }), { ask }))
    expect(printEntry(entry)).not.toContain('01017012345')
    expect(columnsOf(entry, frame)).toMatchObject({ party: null, organisation: '991825827', vendor: '310000000' })
  })

  it.each([
    ['a path', '/resourceregistry/api/v1/access-lists/demo/kari-01017012345/members'],
    ['a path that is encoded', '/access-lists/demo/kari%2001017012345'],
    ['an encoding that is none', '/access-lists/demo/%zz%2001017012345'],
    ['what looks like a GUID at first', '01017012345-1234-1234-1234-123456789012'],
  ])('commit to %s that mentions a national identity number', (_, path) => {
    const whole = sample({ id: idAt(now, 1), now })
    const arrival = { ...whole.decided.collected.arrival, client: { address: '10.20.30.40', method: 'GET', path } }
    const decided = { ...whole.decided, collected: { ...whole.decided.collected, arrival } }
    const { entry, openings } = build({ ...whole, decided })
    expect(printEntry(entry)).not.toContain('01017012345')
    expect(openings.map(([, value]) => value)).toContain(path)
  })

  it.each([
    '01981111-1111-7111-8111-a12345678901',
    '/broker/api/v1/filetransfer/01981111-1111-7111-8111-12345678901F/upload',
    '0192:991825827',
    '991825827/910000001',
    '20261120080000',
  ])('leave `%s` as it is: it names no person', (instance) => {
    const { entry } = build(sample({ id: idAt(now, 1), now, instance }))
    expect(entry.parts[0]!.instance).toBe(instance)
  })

  it('recognise what the request states about a person, although no policy looks at it', () => {
    const user = 'kari.nordmann.20012345'
    const stated = (id: string, value: string): AttributeFact => ({
      category: 'subject',
      id,
      values: [{ dataType: 'http://www.w3.org/2001/XMLSchema#string', value }],
    })
    const whole = sample({ id: idAt(now, 1), now, instance: `box/${user}/1` })
    const { decided } = whole
    const { entry, frame, openings } = build({
      ...whole,
      decided: {
        ...decided,
        collected: {
          ...decided.collected,
          question: {
            ...decided.collected.question,
            advisory: [{ action: 'x', facts: [stated('urn:altinn:userid', user), stated('urn:none', 'initialize')] }],
          },
        },
      },
    })
    expect(printEntry(entry) + printEntry(frame) + JSON.stringify(columnsOf(entry, frame))).not.toContain(user)
    // only what stands in the entry is kept beside it
    const commitments = new Set(JSON.stringify(entry).match(/(?<="sha256":")[\w-]{43}(?=")/g))
    expect(openings.every((opening) => opensOne(opening, commitments))).toBe(true)
    expect(entry.parts[0]!.action).toBe('write')
  })

  it('commit to an attribute that mentions a person, where a policy looks at it', () => {
    const values = [{ dataType: 'http://www.w3.org/2001/XMLSchema#string', value: `box/${systemUser}/1` }]
    const attributes = [{ category: 'resource', id: 'urn:altinn:resource:instance-id', values }]
    const { entry } = build(withPart(sample({ id: idAt(now, 1), now }), { attributes }))
    expect(entry.values).toEqual([[{ sha256: expect.any(String) }]])
  })

  it('say that there is a resource whose id is personal: nobody owns it', () => {
    const { entry, frame } = build(sample({ id: idAt(now, 1), now, resource: 'kari-01017012345' }))
    const { tags } = columnsOf(entry, frame)
    expect(tags).toContain('resource:')
    expect(resourcesOf({ entry, personal: new Map() })).toEqual([''])
  })

  it('are detached when they are too long for a leaf', () => {
    const values = [{ dataType: 'urn:a', value: 'ø'.repeat(40_000) }]
    const attributes = [{ category: 'resource', id: 'long', values }]
    const sealed = sealEntry(build(withPart(sample({ id: idAt(now, 1), now }), { attributes })).entry)
    expect(sealed.bytes.length).toBeLessThan(longestEntry)
    expect(sealed.detail).toBeDefined()
    const short = parseEntry(Buffer.from(sealed.bytes))
    const sha256 = contentHash(sealed.detail!)
    expect(short).toMatchObject({
      kind: 'parsed',
      value: { kind: 'detached', sha256, bytes: Buffer.byteLength(sealed.detail!) },
    })
    expect(parseEntry(Buffer.from(sealed.detail!)).kind).toBe('parsed')
  })

  it('share a frame exactly when the frames print alike', () => {
    fc.assert(
      fc.property(enforcements, enforcements, (one, other) => {
        const frames = createFrames()
        const context = { node: 'n', salt: () => new Uint8Array(16), printValue, nameFrame: frames }
        const [first, second] = [buildEntry(one, context), buildEntry(other, context)]
        expect(isSame(first.frame, second.frame)).toBe(printEntry(first.frame) === printEntry(second.frame))
        for (const { frame, named } of [first, second, buildEntry(one, context)])
          expect(named).toMatchObject({ bytes: printEntry(frame), name: contentHash(printEntry(frame)) })
      }),
      { numRuns: 200 },
    )
  })

  it('write what parts share once, however much it is, and let each part find it', () => {
    const several = fc.array(facts, { minLength: 1, maxLength: 90 })
    const picks = fc.array(fc.array(fc.nat(89), { maxLength: 80 }), { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(several, picks, (pool, parts) => {
        const asked = parts.map((part) => part.map((index) => pool[index % pool.length]!))
        const whole = sample({ id: idAt(now, 1), now, actions: parts.map(String) })
        const [first, ...others] = whole.decided.parts.map((part, index) => ({ ...part, attributes: asked[index]! }))
        const { entry, frame } = build({ ...whole, decided: { ...whole.decided, parts: [first!, ...others] } })
        const read = frame.parts.map(({ attributes }) =>
          attributes.map((index) => ({ ...frame.attributes[index], values: entry.values[index]!.length })),
        )
        const wanted = asked.map((part) => part.flatMap(attributesOf))
        expect(JSON.stringify(read)).toBe(JSON.stringify(wanted))
        const distinct = new Set(asked.flat())
        expect(frame.attributes.length).toBe([...distinct].flatMap(attributesOf).length)
      }),
      { numRuns: 60 },
    )
  })

  it('share a frame when only values differ', () => {
    const frames = createFrames()
    const context = { node: 'n', salt: () => new Uint8Array(16), printValue, nameFrame: frames }
    const names = ['991825827', '910000001'].map(
      (organisation, number) => buildEntry(sample({ id: idAt(now, number), now, organisation }), context).named,
    )
    expect(names[0]).toBe(names[1])
    expect(frame.kind).toBe('frame')
  })

  it.each([
    ['of another version', '5ad8f1d6-3d2c-4b4e-9d6a-0f8f0f8f0f8f'],
    ['of another time', idAt(new Date('2020-01-01'), 1)],
  ])('are not made for an id %s', (_, id) => {
    expect(() => build(sample({ id, now }))).toThrow(TypeError)
  })
})
