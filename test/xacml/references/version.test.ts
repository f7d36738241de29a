import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Policy, PolicyReference } from '../../../src/xacml/model/policy.ts'
import { buildResolver } from '../../../src/xacml/references/repository.ts'
import {
  accepts,
  compareVersions,
  isVersion,
  isVersionPattern,
  matchesVersion,
} from '../../../src/xacml/references/version.ts'

describe('patterns of section 5.13', () => {
  test.each([
    ['1.2.3', '1.2.3', true],
    ['1.2.3', '1.2', false],
    ['1.2', '1.2.3', false],
    ['1.2.3', '1.*.3', true],
    ['1.2.3', '1.*', false],
    ['1.2.3', '1.+', true],
    ['1', '1.+', true],
    ['2.1', '1.+', false],
    ['10.0', '10.0', true],
    ['1.02', '1.2', true],
    ['1.2.3', '+', true],
  ])('%s against %s: %s', (version, pattern, expected) => {
    expect(matchesVersion(version, pattern)).toBe(expected)
  })
})

describe('ranges', () => {
  test.each([
    ['1.0', { earliestVersion: '1.0' }, true],
    ['0.9', { earliestVersion: '1.0' }, false],
    ['10.0', { earliestVersion: '2.0' }, true],
    ['2.0', { latestVersion: '10.0' }, true],
    ['10.1', { latestVersion: '10.0' }, false],
    ['1.5', { earliestVersion: '1.*' }, true],
    ['2.5', { latestVersion: '1.*' }, false],
    ['1.7.3', { latestVersion: '1.+' }, true],
    ['1.5', { earliestVersion: '1.0', latestVersion: '2.0' }, true],
    ['2.1', { earliestVersion: '1.0', latestVersion: '2.0' }, false],
    ['1.5', { version: '1.*', latestVersion: '1.4' }, false],
  ] as const)('%s in %o: %s', (version, constraints, expected) => {
    expect(accepts(reference(constraints), version)).toBe(expected)
  })
})

test('versions and patterns are told from anything else', () => {
  expect(['1', '1.0', '10.20.30'].every(isVersion)).toBe(true)
  expect(['', '1.', '.1', '1.*', 'v1', '1.0-beta'].some(isVersion)).toBe(false)
  expect(['1', '*', '+', '1.*', '1.+', '*.*.+'].every(isVersionPattern)).toBe(true)
  expect(['', '1.', '+1', '1.**', '1.+.2', 'latest'].some(isVersionPattern)).toBe(false)
})

const versions = fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'))

test('versions are ordered', () => {
  fc.assert(
    fc.property(versions, versions, versions, (a, b, c) => {
      expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
      expect(compareVersions(a, b) === 0).toBe(a === b)
    }),
  )
})

test('of several versions the newest is found, of the kind that is referred to', () => {
  fc.assert(
    fc.property(fc.array(versions, { minLength: 1, maxLength: 6 }), (all) => {
      const resolve = buildResolver(all.map((version) => policy(version)))
      const newest = [...all].sort(compareVersions).at(-1)
      expect(resolve(reference({}))?.version).toBe(newest)
      expect(resolve({ ...reference({}), kind: 'PolicySetIdReference' })).toBeUndefined()
    }),
  )
})

const at = { line: 1, column: 1 }

function reference(constraints: Partial<PolicyReference>): PolicyReference {
  return { kind: 'PolicyIdReference', id: 'p', at, ...constraints }
}

function policy(version: string): Policy {
  return {
    kind: 'Policy',
    id: 'p',
    version,
    at,
    combiningAlgorithm: '',
    target: { at, anyOf: [] },
    variables: [],
    rules: [],
    combinerParameters: [],
    obligations: [],
    advice: [],
  }
}
