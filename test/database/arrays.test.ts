/** Arrays go to the database and come back as they were, whatever stands in them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseArray, printArray } from '../../src/database/arrays.ts'
import { withDatabase } from '../support/database.ts'

const database = withDatabase()
const element = fc.option(
  fc.oneof(
    fc.string(),
    fc.constantFrom('', 'NULL', 'null', '{}', '"', '\\', 'a,b', ' a ', '{"a"}', 'é\n\t', '\u{1F600}'),
  ),
)

test('what is printed reads back', () => {
  fc.assert(
    fc.property(fc.array(element, { maxLength: 6 }), (values) => {
      expect(parseArray(printArray(values))).toEqual(values)
    }),
  )
})

test('the database agrees', async () => {
  const samples = fc.sample(
    fc.array(
      element.filter((text) => text === null || (!text.includes('\0') && text.isWellFormed())),
      { maxLength: 6 },
    ),
    200,
  )
  for (const values of samples) {
    const [row] = await database.sql<{ same: string[]; count: number }[]>`
      select ${values as string[]}::text[] as same, coalesce(array_length(${values as string[]}::text[], 1), 0) as count`
    expect(row).toEqual({ same: values, count: values.length })
  }
})

test('the other types in use', async () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  const [row] = await database.sql`
    select ${id} = any(${[id]}::uuid[]) as uuid, ${'2'}::bigint = any(${['1', '2']}::bigint[]) as big,
      ${'2026-11-20T08:00:00.000Z'}::timestamptz = any(${['2026-11-20T08:00:00.000Z']}::timestamptz[]) as time`
  expect(row).toEqual({ uuid: true, big: true, time: true })
})

test('what is no array of one dimension throws', () => {
  for (const text of ['', 'a', '{a', '{{a}}', '{a b"c}', '{"a"b}']) expect(() => parseArray(text)).toThrow()
})
