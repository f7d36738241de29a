/** Section 7.18 over random trees: who is asked, who is not, and in which order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/xacml/combining/outcome.ts'
import {
  compile,
  evaluate,
  evaluatePlain,
  defaultLimits as limits,
  type Obligation,
  type ObligationExpression,
  type Policy,
  type PolicySet,
  type Request,
} from '../../src/xacml/index.ts'
import { oracles } from './combining-oracle.ts'

const at = { line: 1, column: 1 }
const urn = 'urn:oasis:names:tc:xacml'
const string = 'http://www.w3.org/2001/XMLSchema#string'

/** What stops each algorithm, from the loops of appendix C. */
const stops: Readonly<Record<string, (outcome: Outcome) => boolean>> = {
  '3.0:policy-combining-algorithm:deny-overrides': (outcome) => outcome === 'Deny',
  '3.0:policy-combining-algorithm:permit-overrides': (outcome) => outcome === 'Permit',
  '3.0:policy-combining-algorithm:deny-unless-permit': (outcome) => outcome === 'Permit',
  '3.0:policy-combining-algorithm:permit-unless-deny': (outcome) => outcome === 'Deny',
  '1.0:policy-combining-algorithm:first-applicable': (outcome) => outcome !== 'NotApplicable',
}

type Leaf = { readonly says: 'Permit' | 'Deny' | 'nothing' | 'error in Permit' | 'error in Deny' }
type Tree =
  | Leaf
  | { readonly algorithm: string; readonly children: readonly Tree[]; readonly brokenObligation: boolean }

const leaf = fc.record<Leaf>({ says: fc.constantFrom('Permit', 'Deny', 'nothing', 'error in Permit', 'error in Deny') })
const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({
      algorithm: fc.constantFrom(...Object.keys(stops)),
      children: fc.array(tie('tree'), { maxLength: 4 }),
      brokenObligation: fc.boolean(),
    }),
  ),
})).tree

interface Expected {
  readonly outcome: Outcome
  readonly obligations: readonly string[]
}

/** The text, slowly: evaluate until the algorithm stops; keep those that agree; add one's own. */
function expectedOf(tree: Tree, id: string): Expected {
  if ('says' in tree) return expectedOfLeaf(tree, id)
  const evaluated: Expected[] = []
  for (const [i, child] of tree.children.entries()) {
    const next = expectedOf(child, `${id}.${i}`)
    evaluated.push(next)
    if (stops[tree.algorithm]!(next.outcome)) break
  }
  const outcome = oracles[`${urn}:${tree.algorithm}`]!(evaluated.map((child) => child.outcome))
  if (outcome !== 'Permit' && outcome !== 'Deny') return { outcome, obligations: [] }
  if (tree.brokenObligation && outcome === 'Permit') return { outcome: 'Indeterminate{P}', obligations: [] }
  const agreeing = evaluated.filter((child) => child.outcome === outcome)
  return { outcome, obligations: [...agreeing.flatMap((child) => child.obligations), `${id} ${outcome}`] }
}

function expectedOfLeaf({ says }: Leaf, id: string): Expected {
  if (says === 'nothing') return { outcome: 'NotApplicable', obligations: [] }
  if (says === 'error in Permit') return { outcome: 'Indeterminate{P}', obligations: [] }
  if (says === 'error in Deny') return { outcome: 'Indeterminate{D}', obligations: [] }
  return { outcome: says, obligations: [`${id} rule ${says}`, `${id} ${says}`] }
}

const missing = {
  kind: 'AttributeDesignator',
  at,
  category: 'urn:c',
  attributeId: 'urn:gone',
  dataType: string,
  mustBePresent: true,
} as const

const both = (id: string): readonly ObligationExpression[] =>
  (['Permit', 'Deny'] as const).map((effect) => ({
    kind: 'Obligation',
    at,
    id: `${id} ${effect}`,
    fulfillOn: effect,
    assignments: [],
  }))

const broken: ObligationExpression = {
  kind: 'Obligation',
  at,
  id: 'broken',
  fulfillOn: 'Permit',
  assignments: [{ at, attributeId: 'urn:a', expression: missing }],
}

function build(tree: Tree, id: string): Policy | PolicySet {
  const common = { at, id, version: '1.0', target: { at, anyOf: [] }, combinerParameters: [], advice: [] }
  if ('says' in tree) {
    return {
      ...common,
      kind: 'Policy',
      combiningAlgorithm: `${urn}:3.0:rule-combining-algorithm:deny-overrides`,
      variables: [],
      rules: [buildRule(tree, id)],
      obligations: both(id),
    }
  }
  return {
    ...common,
    kind: 'PolicySet',
    combiningAlgorithm: `${urn}:${tree.algorithm}`,
    children: tree.children.map((child, i) => build(child, `${id}.${i}`)),
    obligations: tree.brokenObligation ? [...both(id), broken] : both(id),
  }
}

function buildRule({ says }: Leaf, id: string): Policy['rules'][number] {
  const inError = {
    kind: 'Apply',
    at,
    function: `${urn}:1.0:function:string-is-in`,
    arguments: [{ kind: 'AttributeValue', at, dataType: string, text: 'a' }, missing],
  } as const
  const never = {
    kind: 'AttributeValue',
    at,
    dataType: 'http://www.w3.org/2001/XMLSchema#boolean',
    text: 'false',
  } as const
  const expression = says === 'nothing' ? never : says.startsWith('error') ? inError : undefined
  return {
    kind: 'Rule',
    at,
    id: `${id} rule`,
    effect: says.endsWith('Deny') ? 'Deny' : 'Permit',
    ...(expression && { condition: { at, expression } }),
    obligations: both(`${id} rule`),
    advice: [],
  }
}

const request: Request = { returnPolicyIdList: false, combinedDecision: false, categories: [] }
const ids = (obligations: readonly Obligation[]) => obligations.map(({ id }) => id)

test('those of all that were asked and agree, in order, in both evaluators', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const root = build(tree, 'r')
      const { outcome, obligations } = expectedOf(tree, 'r')
      const options = { now: '2026-01-01T00:00:00Z', limits }
      const compiled = compile(root)
      if (!compiled.ok) throw new Error('compiles')
      for (const { results } of [evaluatePlain(root, request, options), evaluate(compiled.value, request, options)]) {
        const [result] = results
        const kind = result?.extended === undefined ? '' : `{${result.extended}}`
        expect(`${result?.decision}${kind}`).toBe(outcome)
        expect(ids(result?.obligations ?? [])).toEqual(obligations)
      }
    }),
    { numRuns: 400 },
  )
})
