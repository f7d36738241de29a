import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectedFailures } from './expected-failures.ts'
import { loadManifest } from './manifest.ts'
import { judge } from './run-suite.ts'

const folder = join(import.meta.dirname, 'cases')
const cases = loadManifest(folder)
const suites = [...new Set(cases.map(({ suite }) => suite))]

test.each(suites)('%s', (suite) => {
  const failed = cases
    .filter((one) => one.suite === suite)
    .map((one) => judge(folder, one))
    .filter(({ kind }) => kind === 'failed')
    .map(({ one, reason, mismatches }) => ({ case: one.id, reason, mismatches }))
  expect(failed).toEqual([])
})

test('every known failure has a reason', () => {
  expect(Object.values(expectedFailures).filter((reason) => reason.trim() === '')).toEqual([])
})
