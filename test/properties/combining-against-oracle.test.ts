import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Child, combine, type Evaluated } from '../../src/xacml/combining/combine.ts'
import { combiningAlgorithms } from '../../src/xacml/combining/index.ts'
import { foldOutcome, isIndeterminate, type Outcome, outcomes } from '../../src/xacml/combining/outcome.ts'
import { Failure } from '../../src/xacml/model/failure.ts'
import { oracles } from './combining-oracle.ts'

const failure = new Failure('processing-error', 'planted')

interface Planted extends Evaluated {
  readonly index: number
}

function plant(all: readonly Outcome[], asked: number[]): Child<Planted>[] {
  return all.map((outcome, index) => ({
    applies: () => outcome !== 'NotApplicable',
    evaluate: () => {
      asked.push(index)
      return { index, outcome, ...(isIndeterminate(outcome) && { failure }) }
    },
  }))
}

/** A rule's error has one kind, its effect's: only policies can be Indeterminate{DP}. */
const childrenOf = (combines: 'rules' | 'policies', maxLength: number) =>
  fc.array(
    fc.constantFrom(...outcomes.filter((outcome) => combines === 'policies' || outcome !== 'Indeterminate{DP}')),
    { maxLength },
  )

test('every algorithm of the table has an oracle and the other way round', () => {
  expect([...combiningAlgorithms.keys()].sort()).toEqual(Object.keys(oracles).sort())
})

describe.each([...combiningAlgorithms.values()])('$id', ({ id, combines, logic, successor }) => {
  const oracle = oracles[id]!

  test('decides as appendix C says', () => {
    fc.assert(
      fc.property(childrenOf(combines, 6), (all) => {
        const { outcome } = combine(logic, plant(all, []))
        // The kind of a legacy Indeterminate is ours to choose: the text knows only one.
        if (successor !== undefined) expect(foldOutcome(outcome).decision).toBe(foldOutcome(oracle(all)).decision)
        else expect(outcome).toBe(oracle(all))
      }),
      { numRuns: 300 },
    )
  })

  test('evaluates in document order, each child at most once, and gives a reason with every Indeterminate', () => {
    fc.assert(
      fc.property(childrenOf(combines, 6), (all) => {
        const asked: number[] = []
        const combined = combine(logic, plant(all, asked))
        expect(asked).toEqual([...new Set(asked)].sort((a, b) => a - b))
        expect(combined.failure !== undefined).toBe(isIndeterminate(combined.outcome))
      }),
      { numRuns: 100 },
    )
  })

  if (logic.form === 'fold') {
    test('nothing after the deciding child is evaluated, and nothing that decides is left out', () => {
      fc.assert(
        fc.property(childrenOf(combines, 6), childrenOf(combines, 3), (all, more) => {
          const asked: number[] = []
          const { outcome } = combine(logic, plant(all, asked))
          if (asked.length < all.length || logic.decided.includes(outcome)) {
            expect(combine(logic, plant([...all, ...more], [])).outcome).toBe(outcome)
          }
        }),
        { numRuns: 100 },
      )
    })

    test('a child that does not apply changes nothing', () => {
      fc.assert(
        fc.property(childrenOf(combines, 5), (all) => {
          const applicable = all.filter((outcome) => outcome !== 'NotApplicable')
          expect(combine(logic, plant(all, [])).outcome).toBe(combine(logic, plant(applicable, [])).outcome)
        }),
        { numRuns: 100 },
      )
    })
  }
})
