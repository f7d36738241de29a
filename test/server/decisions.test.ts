/** What a list of the record shows by the decision that lets it be read, also by one that should never have come so far. */
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { type DecisionRecord, decisionRecordEndpoints } from '../../src/server/decisions.ts'
import type { DoorRequest } from '../../src/server/door.ts'
import type { Ask, Decided, DecidedPart, Grant } from '../../src/steps.ts'

const record: DecisionRecord = {
  list: async () => ({
    kind: 'page',
    rows: [{ resources: ['own', 'foreign'], json: () => 'everything', veiled: (own) => [...own] }],
  }),
  find: async () => undefined,
  ownersOf: async () =>
    new Map([
      ['own', '991825827'],
      ['foreign', '123456785'],
    ]),
  ofSameOwner: async () => ['own'],
  explain: async () => undefined,
}

const all: Ask = { action: 'read', facts: [] }
const own: Ask = { action: 'read', resource: 'own', facts: [] }
const part = (ask: Ask, decision: DecidedPart['decision']) => ({ ask, decision }) as unknown as DecidedPart

/** The body of the answer to a list, by what was decided of the asks. */
async function listed(...parts: [DecidedPart, ...DecidedPart[]]): Promise<unknown> {
  const [endpoint] = decisionRecordEndpoints(record)
  const incoming = { url: '/portvakt/v1/decisions' } as IncomingMessage
  const route = endpoint!.route({ query: new URLSearchParams(), incoming } as DoorRequest)
  const decided = { parts } as unknown as Decided<unknown>
  const { answer } = await route.handle({} as Grant, { conditions: {}, limit: 1 }, decided)
  return JSON.parse(answer.body as string).data
}

test('everything, to who may read all', async () => {
  expect(await listed(part(all, 'Permit'))).toEqual(['everything'])
})

test('what is of one owner, to who may read about one resource', async () => {
  expect(await listed(part(all, 'Deny'), part(own, 'Permit'))).toEqual([['own']])
})

test('nothing, where no part permits', async () => {
  await expect(listed(part(all, 'Deny'), part(own, 'NotApplicable'))).rejects.toThrow('no part permits')
})
