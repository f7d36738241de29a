import fc from 'fast-check'
import { expect, it } from 'vitest'
import { restorePolicy, storePolicy } from '../../../src/xacml/compiling/stored-policy.ts'
import { arbitraryPolicy } from '../../properties/differential/arbitrary-policy.ts'

it('gives back exactly what was stored', () => {
  fc.assert(
    fc.property(arbitraryPolicy, (policy) => {
      expect(restorePolicy(storePolicy(policy))).toEqual(policy)
    }),
    { numRuns: 100 },
  )
})

it('does not read what another version stored', () => {
  expect(restorePolicy('[0,[],[],true]')).toBeUndefined()
})
