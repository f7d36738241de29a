import { beforeAll, describe, expect, it } from 'vitest'
import { erasePersonalOfRecord, erasePersonalOfSubject } from '../../src/record/erase.ts'
import { explainPast, loadPast } from '../../src/record/explain.ts'
import { csvCell, exportDecisions } from '../../src/record/export.ts'
import { recordMigrations } from '../../src/record/migrations.ts'
import { type DecisionFilter, getDecision, listDecisions } from '../../src/record/query.ts'
import { storedDecisionJson } from '../../src/record/row.ts'
import { verifyRecords } from '../../src/record/verify.ts'
import { withDatabase } from '../support/database.ts'
import { recorderOn } from './recorders.ts'
import { idAt, refusal, type Sample, sample } from './samples.ts'

const database = withDatabase({ migrations: recordMigrations })
const start = new Date('2026-11-20T08:00:00Z')
const second = (number: number): Date => new Date(start.getTime() + number * 1_000)
const id = (number: number): string => idAt(second(number), number)
const machine = '11111111-2222-4333-8444-555555555555'

const changes: Record<number, Omit<Sample, 'id' | 'now'>> = {
  3: { resource: 'other', rule: 'urn:rule:other' },
  4: { refusal },
  5: { organisation: '910000001' },
  6: { systemUser: machine },
  7: { actions: ['write', 'read'], instance: 'transfer-7' },
  8: { resource: '=cmd|"calc"', instance: '\u001b[31mred' },
  9: { organisation: '310000000' },
}
const count = 60

beforeAll(async () => {
  const recorder = recorderOn(database.sql)
  const numbers = Array.from({ length: count }, (_, number) => number)
  await Promise.all(
    numbers.map((number) => recorder.decision(sample({ id: id(number), now: second(number), ...changes[number] }))),
  )
  await recorder.outcome({ decisionId: id(4), at: second(5), status: 401, code: 'BRO-00006' })
  await recorder.close()
})

async function find(filter: DecisionFilter): Promise<number[]> {
  const page = await listDecisions(database.sql, filter, { limit: 1_000 })
  if (page.kind !== 'page') throw new Error(page.kind)
  return page.rows.map(({ time }) => (time.getTime() - start.getTime()) / 1_000)
}

describe('listing decisions', () => {
  const cases: [DecisionFilter, number[]][] = [
    [{ from: second(3), until: second(6) }, [5, 4, 3]],
    [{ resource: 'other' }, [3]],
    [{ rule: 'urn:rule:other' }, [3]],
    [{ decision: 'Deny' }, [4]],
    [{ code: 'BRO-00006' }, [4]],
    [{ organisation: '910000001' }, [5]],
    [{ caller: '310000000', from: second(8), until: second(11) }, [10, 9, 8]],
    [{ organisation: '310000000', vendor: '310000000' }, [9]],
    [{ party: '910000001', organisation: '910000001', operation: 'initialize' }, [5]],
    [{ systemUser: machine }, [6]],
    [{ instance: 'transfer-7', action: 'write' }, [7]],
    [{ trace: 'none' }, []],
    [{ onlyAbout: ['other', '=cmd|"calc"'] }, [8, 3]],
    [{ onlyAbout: [] }, []],
  ]
  it.each(cases)('by %j', async (filter, expected) => {
    expect(await find(filter)).toEqual(expected)
  })

  it('goes through pages without losing or repeating a record', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listDecisions(database.sql, {}, { limit: 7, ...(cursor === undefined ? {} : { cursor }) })
      if (page.kind !== 'page') throw new Error(page.kind)
      seen.push(...page.rows.map((row) => row.id))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(Array.from({ length: count }, (_, number) => id(count - 1 - number)))
  })

  it.each(['', 'x', Buffer.from('1 2026-13-45T00:00:00.000Z 0').toString('base64url')])(
    'refuses the cursor `%s`',
    async (cursor) => {
      expect(await listDecisions(database.sql, {}, { cursor })).toEqual({ kind: 'bad-cursor' })
    },
  )
})

describe('one decision', () => {
  it('has everything, with its outcomes and its personal values', async () => {
    const stored = await getDecision(database.sql, id(4))
    const json = storedDecisionJson(stored!)
    expect(json).toMatchObject({
      id: id(4),
      decision: 'Deny',
      operation: 'initialize',
      caller: {
        kind: 'system-user',
        organisation: '991825827',
        systemUser: '5ad8f1d6-3d2c-4b4e-9d6a-0f8f0f8f0f8f',
        level: 3,
      },
      client: { address: '10.20.30.40', method: 'POST' },
      refusal: { code: 'BRO-00006', status: 401, reason: 'no rule of the policy permits' },
      parts: [{ action: 'write', obligations: [{ assignments: [{ value: '3' }] }], cache: 'none' }],
      outcomes: [{ status: 401, code: 'BRO-00006' }],
    })
    expect(json.parts[0]?.attributes).toContainEqual({
      category: 'resource',
      id: 'urn:altinn:resource',
      values: ['bruksdokumenter'],
    })
    expect(json.parts[0]?.policies).toHaveLength(2)
    expect(JSON.stringify(json)).not.toContain('erased')
  })

  it.each(['x', machine, idAt(start, 999)])('is not found by `%s`', async (unknown) => {
    expect(await getDecision(database.sql, unknown)).toBeUndefined()
  })
})

describe('explanation and replay', () => {
  const load = async (hash: string) => `text of ${hash[0]}`

  it('hand out the request and the policies of then', async () => {
    const past = await loadPast(database.sql, id(7), load)
    if (past.kind !== 'past') throw new Error(past.kind)
    const tree = explainPast(past, (policies, request) => ({
      texts: policies.map(({ text }) => text),
      subject: request.find((attribute) => attribute.id === 'urn:altinn:systemuser:uuid')?.values,
      found: request.find((attribute) => attribute.id === 'urn:portvakt:transfer-found'),
      action: request.at(-1)?.values,
    }))
    expect(tree.map(({ tree: { action } }) => action)).toEqual([['write'], ['read']])
    expect(tree[0]).toMatchObject({
      decision: 'Permit',
      tree: {
        texts: ['text of a', 'text of b'],
        subject: ['5ad8f1d6-3d2c-4b4e-9d6a-0f8f0f8f0f8f'],
        found: { dataType: 'http://www.w3.org/2001/XMLSchema#boolean', values: ['true'] },
      },
    })
  })

  it('say what is missing', async () => {
    expect(await loadPast(database.sql, idAt(start, 999), load)).toEqual({ kind: 'not-found' })
    expect(await loadPast(database.sql, id(7), async () => undefined)).toMatchObject({
      kind: 'policy-missing',
      hash: 'a'.repeat(64),
    })
  })
})

describe('export', () => {
  it('writes every record once, as CSV and as NDJSON', async () => {
    for (const [format, header] of [
      ['csv', 1],
      ['ndjson', 0],
    ] as const) {
      let out = ''
      for await (const piece of exportDecisions(database.sql, {}, format)) out += piece
      expect(out.trimEnd().split(/\r?\n/)).toHaveLength(count + header)
    }
  })

  it.each([
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@x', `"'@x"`],
    ['\tx', `"'\tx"`],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['plain', 'plain'],
  ])('writes %j as %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell)
  })
})

describe('erasing', () => {
  it('removes the personal values of a record, which still verifies but cannot be explained', async () => {
    expect(await erasePersonalOfRecord(database.sql, id(20), second(100))).toEqual({ records: 1 })
    expect(await erasePersonalOfRecord(database.sql, id(20), second(101))).toEqual({ records: 0 })
    const stored = await getDecision(database.sql, id(20))
    expect(storedDecisionJson(stored!)).toMatchObject({
      caller: { systemUser: { erased: true }, organisation: '991825827' },
    })
    expect(await loadPast(database.sql, id(20), async () => '')).toMatchObject({ kind: 'erased' })
    expect(await verifyRecords(database.sql)).toMatchObject({ kind: 'intact', decisions: count, erased: 1 })
  })

  it('removes one value wherever it is, and leaves the others', async () => {
    expect(await erasePersonalOfSubject(database.sql, { value: machine }, second(100))).toEqual({ records: 1 })
    expect(await find({ systemUser: machine })).toEqual([])
    const stored = await getDecision(database.sql, id(6))
    expect(storedDecisionJson(stored!)).toMatchObject({
      caller: { systemUser: { erased: true }, token: 'fZ1tVhP2o5w8dQv7' },
      client: { address: '10.20.30.40' },
    })
    expect(
      await erasePersonalOfSubject(database.sql, { value: '10.20.30.40', until: second(10) }, second(100)),
    ).toEqual({ records: 10 })
    expect(await verifyRecords(database.sql)).toMatchObject({ kind: 'intact' })
  })
})

describe('verification names the first record that was altered', () => {
  const tampering: [string, string, RegExp][] = [
    [
      'its entry',
      `update decision set entry = replace(encode(entry, 'escape'), '4711', '4712')::bytea where id = '${id(30)}'`,
      /do not have its hash/,
    ],
    ['a column', `update decision set decision = 'Deny' where id = '${id(30)}'`, /column `decision`/],
    ['a tag', `update decision set tags = tags[2:] where id = '${id(30)}'`, /column `tags`/],
    ['its time', `update decision set time = time + interval '1 second' where id = '${id(30)}'`, /another record/],
    ['its frame', `update record_frame set bytes = bytes || ' '`, /frame do not have its hash/],
    [
      'a personal value',
      `update record_personal set openings = replace(openings, '10.20', '10.21') where id = '${id(30)}'`,
      /commitment/,
    ],
    ['its system user', `update record_personal set system_user_id = 'x' where id = '${id(30)}'`, /system user/],
    ['an outcome', `update decision_outcome set status = 200`, /outcome does not have its hash/],
  ]
  it.each(tampering)('%s', async (_, statement, reason) => {
    await database.sql
      .begin(async (transaction) => {
        for (const table of [
          'decision',
          'decision_2026_11',
          'decision_outcome',
          'decision_outcome_2026_11',
          'record_frame',
        ])
          await transaction.unsafe(`alter table ${table} disable trigger user`)
        await transaction.unsafe(statement)
        const broken = await verifyRecords(transaction as unknown as typeof database.sql)
        expect(broken).toMatchObject({ kind: 'broken', reason: expect.stringMatching(reason) })
        throw new Error('roll back')
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'roll back') throw error
      })
  })
})
