import { expect, test } from 'vitest'
import { functions } from '../../../src/xacml/functions/index.ts'
import { dataTypes } from '../../../src/xacml/values/index.ts'
import { coreFunctions, deprecatedFunctions } from './identifiers.ts'

const full = (id: string): string => `urn:oasis:names:tc:xacml:${id}`
const core = Object.values(coreFunctions).flat().map(full)
const deprecated = deprecatedFunctions.map(full)

test('the core table has 253 identifiers', () => {
  expect(new Set(core).size).toBe(253)
})

test('the table holds exactly the identifiers of section 10.2.8 and the deprecated ones', () => {
  expect([...functions.keys()].sort()).toEqual([...core, ...deprecated].sort())
})

test('a row stands under its own identifier', () => {
  for (const [id, row] of functions) expect(row.id).toBe(id)
})

test('exactly the deprecated functions name a successor, which is in the table', () => {
  for (const [id, row] of functions) {
    expect(row.successor !== undefined, id).toBe(deprecated.includes(id))
    if (row.successor !== undefined) expect(core).toContain(row.successor)
  }
})

test('signatures use the current URIs of data types', () => {
  for (const row of functions.values()) {
    if (row.form === 'higher-order') continue
    for (const { dataType } of [...row.parameters, row.result, ...(row.rest ? [row.rest] : [])])
      expect(dataTypes.get(dataType)?.id, row.id).toBe(dataType)
  }
})
