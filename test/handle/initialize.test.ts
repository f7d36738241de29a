import { expect, test } from 'vitest'
import { checkInitialize, type InitializeInput, parseInitialize } from '../../src/handle/transfer/check-initialize.ts'
import { initialize } from '../../src/handle/transfer/initialize.ts'
import type { BrokerResource } from '../../src/handle/transfer/transfers.ts'
import { basic, bench, grant, otherRecipient, recipient, resource, sender } from './support.ts'

const at = bench()
const properties = (count: number, key = 'key', value = 'value'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${key}${index}`, value]))
const urn = (party: string): string => `urn:altinn:organization:identifier-no:${party}`

/** Changes to a good body, the names under which errors are told (broker API 1.4, 8.2), a word of the message. */
const refused: readonly (readonly [changes: Record<string, unknown>, key: string, word: string])[] = [
  [{ propertyList: properties(11) }, 'PropertyList', '10'],
  [{ propertyList: { ['k'.repeat(54)]: 'v' } }, 'PropertyList', '50'],
  [{ propertyList: { key: 'A'.repeat(3001) } }, 'PropertyList', '3000'],
  [{ propertyList: null }, 'PropertyList', 'required'],
  [{ propertyList: { key: null } }, 'PropertyList', 'null'],
  [{ propertyList: { key: 5 } }, '$.propertyList.key', 'string'],
  [{ propertyList: [] }, '$.propertyList', 'object'],
  [{ propertyList: { key: 'a\0b' } }, 'PropertyList', 'U+0000'],
  [{ propertyList: { 'a\ud800': 'v', 'a\udfff': 'v' } }, 'PropertyList', 'surrogate'],
  [{ sender: '991825827' }, 'Sender', '0192'],
  [{ sender: '0192:12345678' }, 'Sender', '0192'],
  [{ sender: '0192:1234567890' }, 'Sender', '0192'],
  [{ sender: '0192:123456789\n' }, 'Sender', '0192'],
  [{ sender: '0192:١٢٣٤٥٦٧٨٩' }, 'Sender', '0192'],
  [{ sender: null }, 'Sender', 'required'],
  [{ sender: undefined }, 'Sender', 'required'],
  [{ recipients: [] }, 'Recipients', 'One or more'],
  [{ recipients: null }, 'Recipients', 'required'],
  [{ recipients: ['abc'] }, 'Recipients', '0192'],
  [{ recipients: [`0192:${recipient}`, ''] }, 'Recipients', '0192'],
  [{ recipients: [`0192:${recipient}`, null] }, 'Recipients', '0192'],
  [{ recipients: 'abc' }, '$.recipients', 'list'],
  [{ recipients: [`0192:${recipient}`, 7] }, '$.recipients[1]', 'string'],
  [{ recipients: Array.from({ length: 1000 }, (_, n) => `0192:${900_000_000 + n}`) }, 'Recipients', '999'],
  [{ fileName: '' }, 'FileName', 'required'],
  [{ fileName: '  ' }, 'FileName', 'required'],
  [{ fileName: 'a'.repeat(256) }, 'FileName', '255'],
  [{ fileName: 'a\0' }, 'FileName', 'U+0000'],
  [{ fileName: 5 }, '$.fileName', 'string'],
  [{ sendersFileTransferReference: undefined }, 'SendersFileTransferReference', 'required'],
  [{ sendersFileTransferReference: '' }, 'SendersFileTransferReference', 'required'],
  [{ sendersFileTransferReference: 'a'.repeat(4097) }, 'SendersFileTransferReference', '4096'],
  [{ checksum: '0'.repeat(31) }, 'Checksum', '32'],
  [{ checksum: 'A'.repeat(32) }, 'Checksum', '32'],
  [{ resourceId: 'a:b' }, 'ResourceId', 'resource'],
  [{ resourceId: 'urn:altinn:resource:' }, 'ResourceId', 'resource'],
  [{ resourceId: 'a'.repeat(256) }, 'ResourceId', 'resource'],
  [{ resourceId: '' }, 'ResourceId', 'required'],
  [{ disableVirusScan: 'perhaps' }, '$.disableVirusScan', 'boolean'],
]

test.each(refused)('%j is refused under %s', (changes, key, word) => {
  const checked = checkInitialize({ ...basic, ...changes })
  if (checked.ok) throw new Error('accepted')
  expect(checked.malformed.code).toBe('PVK-00001')
  expect(Object.keys(checked.malformed.errors ?? {})).toEqual([key])
  expect(checked.malformed.errors?.[key]?.join()).toContain(word)
})

const accepted: readonly (readonly [changes: Record<string, unknown>, expected: Partial<InitializeInput>])[] = [
  [{}, { sender, senderAsGiven: `0192:${sender}`, recipients: [recipient], disableVirusScan: false }],
  [{ propertyList: { ['k'.repeat(50)]: 'v'.repeat(3000) } }, { properties: [['k'.repeat(50), 'v'.repeat(3000)]] }],
  [{ propertyList: undefined }, { properties: [] }],
  [
    { propertyList: JSON.parse('{"__proto__":"v","constructor":"w"}') },
    {
      properties: [
        ['__proto__', 'v'],
        ['constructor', 'w'],
      ],
    },
  ],
  [{ fileName: '📦'.repeat(127) }, {}],
  [{ propertyList: properties(10) }, {}],
  [{ sender: urn(sender) }, { sender, senderAsGiven: urn(sender) }],
  [{ recipients: [urn(recipient), `0192:${otherRecipient}`] }, { recipients: [recipient, otherRecipient] }],
  [{ recipients: [urn(recipient), `0192:${recipient}`] }, { recipients: [recipient] }],
  [{ recipients: [`9908:${recipient}`] }, { recipients: [recipient] }],
  [{ resourceId: `urn:altinn:resource:${resource.id}` }, { resource: resource.id }],
  [{ fileName: 'a'.repeat(255) }, {}],
  [{ sendersFileTransferReference: 'a'.repeat(4096) }, { reference: 'a'.repeat(4096) }],
  [{ checksum: 'x'.repeat(32) }, { checksum: 'x'.repeat(32) }],
  [{ checksum: '' }, {}],
  [{ unknown: { member: 1 }, deletionTime: 'x' }, {}],
  [{ disableVirusScan: null }, { disableVirusScan: false }],
  [{ disableVirusScan: true }, { disableVirusScan: true }],
  [{ disableVirusScan: 'True' }, { disableVirusScan: true }],
]

test.each(accepted)('%j is accepted', (changes, expected) => {
  expect(checkInitialize({ ...basic, ...changes })).toMatchObject({ ok: true, value: expected })
})

test('names are read in any case, and several errors are told at once', () => {
  const upper = Object.fromEntries(Object.entries(basic).map(([name, value]) => [name.toUpperCase(), value]))
  expect(checkInitialize(upper)).toMatchObject({ ok: true, value: { fileName: 'input.txt' } })
  const checked = checkInitialize({}, 'Metadata.')
  const keys = ['FileName', 'ResourceId', 'SendersFileTransferReference', 'Sender', 'Recipients']
  expect(!checked.ok && Object.keys(checked.malformed.errors ?? {})).toEqual(keys.map((key) => `Metadata.${key}`))
})

test.each(['', '{', '[1]', '"x"', 'null', '{"fileName":}'])('the body %j is told under $', (body) => {
  const checked = parseInitialize(body)
  expect(!checked.ok && Object.keys(checked.malformed.errors ?? {})).toEqual(['$'])
  expect(parseInitialize(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ ok: false })
})

test('everything that is accepted can be stored', async () => {
  for (const [changes] of accepted) expect((await at.make(changes)).status).toBe('Initialized')
})

const required: BrokerResource = { ...resource, requiredParty: '991825827' }

/** Required party (8.3), sender, recipients, answer. */
test.each([
  ['991825827', '991825827', ['986252932'], 'initialized'],
  ['991825827', '312195771', ['986252932'], 'BRO-00026'],
  ['991825827', '312195771', ['986252932', '991825827'], 'BRO-00027'],
  ['991825827', '991825827', ['986252932', '212517712'], 'initialized'],
  ['991825827', '312195771', ['991825827'], 'initialized'],
  ['0192:991825827', '312195771', ['991825827'], 'initialized'],
  [urn('991825827'), '312195771', ['986252932'], 'BRO-00026'],
  ['', '312195771', ['986252932'], 'initialized'],
])('required party %s, from %s to %j: %s', async (requiredParty, from, to, expected) => {
  const body = { ...basic, sender: `0192:${from}`, recipients: to.map((party) => `0192:${party}`) }
  const input = checkInitialize(body)
  if (!input.ok) throw new Error('malformed')
  const answer = await initialize(at.transfers, grant(), input.value, { ...required, requiredParty })
  expect(answer.kind === 'problem' ? answer.code : answer.kind).toBe(expected)
})

const scanner = { limit: 1000, scan: async () => ({ kind: 'clean' }) as const }

/** Client switches scanning off, resource approved, operator allows, scanner there, answer. */
test.each([
  [false, false, false, true, 'initialized'],
  [false, false, false, false, 'BRO-00021'],
  [false, true, false, false, 'BRO-00021'],
  [false, false, true, false, 'initialized'],
  [true, false, false, true, 'BRO-00020'],
  [true, false, false, false, 'BRO-00020'],
  [true, true, false, false, 'initialized'],
  [true, false, true, false, 'initialized'],
])('scan off %s, approved %s, allowed %s, scanner %s: %s', async (off, approved, allowed, there, expected) => {
  const input = checkInitialize({ ...basic, disableVirusScan: off })
  if (!input.ok) throw new Error('malformed')
  const transfers = at.with({ allowUnscannedFiles: allowed, ...(there ? { scanner } : {}) })
  const rules = { ...resource, approvedForUnscannedFiles: approved }
  const answer = await initialize(transfers, grant(), input.value, rules)
  expect(answer.kind === 'problem' ? answer.code : answer.kind).toBe(expected)
})

test('the time to live of the resource counts from initialize', async () => {
  const days = async (rules: BrokerResource): Promise<number> => {
    const { created, expires } = await at.make({}, at.transfers, rules)
    return (Date.parse(expires) - Date.parse(created)) / 86_400_000
  }
  expect(await days(resource)).toBe(30)
  expect(await days({ ...resource, timeToLive: 2 * 86_400 })).toBe(2)
})
