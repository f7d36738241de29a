/** Policies drawn at random over a small vocabulary, so that requests hit them often: checked ones, of every shape. */
import fc from 'fast-check'
import { combiningAlgorithms } from '../../../src/xacml/combining/index.ts'
import type * as model from '../../../src/xacml/model/policy.ts'
import { type AttributeName, attributeNames, textsOf } from './vocabulary.ts'

const at = { line: 1, column: 1 }
const xsd = 'http://www.w3.org/2001/XMLSchema#'
const f = (version: string, name: string) => `urn:oasis:names:tc:xacml:${version}:function:${name}`
const shortName = (dataType: string) => dataType.slice(dataType.indexOf('#') + 1)

/** Mostly false; true often enough that errors in targets meet everything else. */
const rarely = (weight: number) => fc.integer({ min: 1, max: weight }).map((n) => n === 1)

const literal = (dataType: string, text: string): model.Literal => ({ kind: 'AttributeValue', at, dataType, text })

const designatorOf = (name: AttributeName): fc.Arbitrary<model.Designator> =>
  fc.record({ mustBePresent: rarely(5), issued: rarely(8) }).map(({ mustBePresent, issued }) => ({
    kind: 'AttributeDesignator',
    at,
    category: name.category,
    attributeId: name.attributeId,
    dataType: name.dataType,
    mustBePresent,
    ...(issued && { issuer: 'urn:issuer' }),
  }))

const literalOf = (name: AttributeName): fc.Arbitrary<model.Literal> =>
  fc.constantFrom(...textsOf(name.dataType)).map((text) => literal(name.dataType, text))

/* ── targets ─────────────────────────────────────────────────────────────────────────────────────────────────── */

const matchFunctions: Readonly<Record<string, readonly string[]>> = {
  string: [
    f('1.0', 'string-equal'),
    f('1.0', 'string-equal'),
    f('3.0', 'string-equal-ignore-case'),
    f('3.0', 'string-starts-with'),
    f('1.0', 'string-regexp-match'),
  ],
  integer: [
    f('1.0', 'integer-equal'),
    f('1.0', 'integer-greater-than'),
    f('1.0', 'integer-greater-than-or-equal'),
    f('1.0', 'integer-less-than'),
    f('1.0', 'integer-less-than-or-equal'),
  ],
  anyURI: [f('1.0', 'anyURI-equal')],
  boolean: [f('1.0', 'boolean-equal')],
  double: [f('1.0', 'double-equal'), f('1.0', 'double-less-than'), f('1.0', 'double-greater-than-or-equal')],
  date: [f('1.0', 'date-equal')],
}

const name = fc.constantFrom(...attributeNames)

const match: fc.Arbitrary<model.Match> = name.chain((one) =>
  fc.record({
    at: fc.constant(at),
    function: fc.constantFrom(...matchFunctions[shortName(one.dataType)]!),
    literal: literalOf(one),
    attribute: designatorOf(one),
  }),
)

const allOf: fc.Arbitrary<model.AllOf> = fc
  .array(match, { minLength: 1, maxLength: 2 })
  .map((matches) => ({ at, matches }))

/** The frequent kind: alternatives for one attribute. */
const oneAttribute: fc.Arbitrary<model.AnyOf> = name.chain((one) =>
  fc.record({ attribute: designatorOf(one), literals: fc.array(literalOf(one), { minLength: 1, maxLength: 3 }) }).map(
    ({ attribute, literals }): model.AnyOf => ({
      at,
      allOf: literals.map((value) => ({
        at,
        matches: [{ at, function: matchFunctions[shortName(one.dataType)]![0]!, literal: value, attribute }],
      })),
    }),
  ),
)

const mixed: fc.Arbitrary<model.AnyOf> = fc
  .array(allOf, { minLength: 1, maxLength: 3 })
  .map((alternatives) => ({ at, allOf: alternatives }))

/** Always asks for this attribute, in one way or another: what an index over many such targets is made of. */
function targetAbout(one: AttributeName): fc.Arbitrary<model.Target> {
  const about = fc.record({
    at: fc.constant(at),
    function: fc.constant(matchFunctions[shortName(one.dataType)]![0]!),
    literal: literalOf(one),
    attribute: rarely(6).map(
      (mustBePresent): model.Designator => ({ kind: 'AttributeDesignator', at, ...one, mustBePresent }),
    ),
  })
  const plainly = fc
    .array(about, { minLength: 1, maxLength: 2 })
    .map((all) => all.map((one) => ({ at, matches: [one] })))
  const together = fc
    .array(fc.tuple(about, match), { minLength: 1, maxLength: 2 })
    .map((all) => all.map((matches) => ({ at, matches })))
  return fc
    .tuple(fc.oneof({ weight: 2, arbitrary: plainly }, { weight: 1, arbitrary: together }), target)
    .map(([allOf, others]) => ({
      at,
      anyOf: [...others.anyOf.slice(0, 1), { at, allOf }, ...others.anyOf.slice(1, 2)],
    }))
}

const target: fc.Arbitrary<model.Target> = fc
  .array(fc.oneof({ weight: 3, arbitrary: oneAttribute }, { weight: 1, arbitrary: mixed }), { maxLength: 3 })
  .map((anyOf) => ({ at, anyOf }))

/* ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────── */

const apply = (id: string, ...args: model.Expression[]): model.Apply => ({
  kind: 'Apply',
  at,
  function: id,
  arguments: args,
})

const typeFunction = (name: AttributeName, suffix: string) => f('1.0', `${shortName(name.dataType)}-${suffix}`)

const single = (dataType: string): fc.Arbitrary<model.Expression> => {
  const named = attributeNames.filter((one) => one.dataType === dataType)
  return fc.oneof(
    fc.constantFrom(...textsOf(dataType)).map((text) => literal(dataType, text)),
    fc
      .constantFrom(...named)
      .chain((one) => designatorOf(one).map((designator) => apply(typeFunction(one, 'one-and-only'), designator))),
  )
}

const arithmetic: fc.Arbitrary<model.Expression> = fc
  .tuple(
    fc.constantFrom('integer-add', 'integer-divide', 'integer-mod'),
    single(`${xsd}integer`),
    single(`${xsd}integer`),
  )
  .map(([id, a, b]) => apply(f('1.0', id), a, b))

const relations = ['equal', 'greater-than', 'greater-than-or-equal', 'less-than', 'less-than-or-equal']

const leaf: fc.Arbitrary<model.Expression> = fc.oneof(
  fc.constantFrom('true', 'false').map((text) => literal(`${xsd}boolean`, text)),
  fc
    .tuple(
      fc.constantFrom(...relations),
      fc.oneof({ weight: 3, arbitrary: single(`${xsd}integer`) }, { weight: 1, arbitrary: arithmetic }),
      single(`${xsd}integer`),
    )
    .map(([relation, a, b]) => apply(f('1.0', `integer-${relation}`), a, b)),
  fc
    .tuple(fc.constantFrom(...relations), single(`${xsd}double`), single(`${xsd}double`))
    .map(([relation, a, b]) => apply(f('1.0', `double-${relation}`), a, b)),
  fc.tuple(single(`${xsd}string`), single(`${xsd}string`)).map(([a, b]) => apply(f('1.0', 'string-equal'), a, b)),
  name.chain((one) =>
    fc
      .tuple(single(one.dataType), designatorOf(one))
      .map(([value, bag]) => apply(typeFunction(one, 'is-in'), value, bag)),
  ),
  name.chain((one) =>
    fc
      .tuple(fc.constantFrom(f('3.0', 'any-of'), f('3.0', 'all-of')), literalOf(one), designatorOf(one))
      .map(([id, value, bag]) => {
        const equal: model.FunctionReference = { kind: 'Function', at, function: typeFunction(one, 'equal') }
        return apply(id, equal, value, bag)
      }),
  ),
  fc.constantFrom('v0', 'v1').map((variableId): model.Expression => ({ kind: 'VariableReference', at, variableId })),
)

const { condition } = fc.letrec<{ condition: model.Expression }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('condition'), { maxLength: 3 }))
        .map(([id, args]) => apply(f('1.0', id), ...args)),
    },
    { weight: 1, arbitrary: tie('condition').map((one) => apply(f('1.0', 'not'), one)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('0', '1', '2'), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
        .map(([n, args]) => apply(f('1.0', 'n-of'), literal(`${xsd}integer`, n), ...args)),
    },
  ),
}))

/** Variables may use the next one only, so that there is no circle. */
const withoutVariables = (expression: model.Expression): boolean =>
  expression.kind === 'VariableReference'
    ? false
    : expression.kind !== 'Apply' || expression.arguments.every(withoutVariables)

const variables: fc.Arbitrary<readonly model.VariableDefinition[]> = fc
  .tuple(condition, condition.filter(withoutVariables))
  .map(([first, second]) => [
    { at, variableId: 'v0', expression: withoutOwn(first) },
    { at, variableId: 'v1', expression: second },
  ])

const withoutOwn = (expression: model.Expression): model.Expression => {
  if (expression.kind === 'VariableReference') return { ...expression, variableId: 'v1' }
  return expression.kind === 'Apply' ? { ...expression, arguments: expression.arguments.map(withoutOwn) } : expression
}

/* ── obligations and advice ──────────────────────────────────────────────────────────────────────────────────── */

const assignment: fc.Arbitrary<model.AssignmentExpression> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom('1', '2').map((text): model.Expression => literal(`${xsd}integer`, text)) },
    { weight: 2, arbitrary: name.chain((one): fc.Arbitrary<model.Expression> => designatorOf(one)) },
    { weight: 1, arbitrary: single(`${xsd}string`) },
  )
  .map((expression) => ({ at, attributeId: 'urn:assigned', expression }))

const effect = fc.constantFrom<model.Effect>('Permit', 'Deny')
const assignments = fc.array(assignment, { maxLength: 2 })
const noticeId = fc.constantFrom('o1', 'o2', 'o3')

const obligations: fc.Arbitrary<readonly model.ObligationExpression[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        kind: fc.constant('Obligation' as const),
        at: fc.constant(at),
        id: noticeId,
        fulfillOn: effect,
        assignments,
      }),
      { maxLength: 2 },
    ),
  },
)

const advice: fc.Arbitrary<readonly model.AdviceExpression[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        kind: fc.constant('Advice' as const),
        at: fc.constant(at),
        id: noticeId,
        appliesTo: effect,
        assignments,
      }),
      { maxLength: 2 },
    ),
  },
)

/* ── rules, policies, policy sets ────────────────────────────────────────────────────────────────────────────── */

const algorithmsFor = (combines: 'rules' | 'policies') =>
  fc.constantFrom(...[...combiningAlgorithms.values()].filter((row) => row.combines === combines).map((row) => row.id))

const ruleWith = (target: fc.Arbitrary<model.Target | undefined>): fc.Arbitrary<model.Rule> =>
  fc
    .record({ effect, target, condition: fc.option(condition, { nil: undefined, freq: 2 }), obligations, advice })
    .map(({ effect, target, condition, obligations, advice }) => ({
      kind: 'Rule',
      at,
      id: 'rule',
      effect,
      ...(target !== undefined && { target }),
      ...(condition !== undefined && { condition: { at, expression: condition } }),
      obligations,
      advice,
    }))

const rule = ruleWith(fc.option(target, { nil: undefined, freq: 6 }))
const rulesAbout = name.chain((one) => fc.array(ruleWith(targetAbout(one)), { minLength: 5, maxLength: 12 }))
const noTarget: model.Target = { at, anyOf: [] }

const policyWith = (
  target: fc.Arbitrary<model.Target>,
  rules: fc.Arbitrary<model.Rule[]>,
): fc.Arbitrary<model.Policy> =>
  fc
    .record({ combiningAlgorithm: algorithmsFor('rules'), target, variables, rules, obligations, advice })
    .map((parts) => ({ kind: 'Policy', at, id: 'policy', version: '1.0', combinerParameters: [], ...parts }))

const policy = policyWith(
  fc.oneof(target, fc.constant(noTarget)),
  fc.oneof(fc.array(rule, { maxLength: 4 }), fc.array(rule, { minLength: 5, maxLength: 14 }), rulesAbout),
)

/** Says what it is about in its target, or only in each of its rules. */
const policyAbout = (one: AttributeName): fc.Arbitrary<model.Policy> =>
  fc.oneof(
    policyWith(targetAbout(one), fc.array(rule, { minLength: 1, maxLength: 3 })),
    policyWith(fc.constant(noTarget), fc.array(ruleWith(targetAbout(one)), { minLength: 1, maxLength: 3 })),
  )
const policiesAbout = name.chain((one) => fc.array(policyAbout(one), { minLength: 5, maxLength: 12 }))

/** Found by some, not by others. */
export const reference: fc.Arbitrary<model.PolicyReference> = fc
  .constantFrom('bound', 'bound', 'nowhere')
  .map((id) => ({
    kind: 'PolicyIdReference',
    at,
    id,
  }))

const { policySet } = fc.letrec<{ policySet: model.PolicySet; child: model.PolicySetChild }>((tie) => ({
  child: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'sets' },
    { weight: 6, arbitrary: policy },
    { weight: 2, arbitrary: tie('policySet') },
    { weight: 1, arbitrary: reference },
  ),
  policySet: fc
    .record({
      combiningAlgorithm: algorithmsFor('policies'),
      target: fc.oneof(target, fc.constant({ at, anyOf: [] })),
      children: fc.oneof(
        { weight: 2, arbitrary: fc.array(tie('child'), { maxLength: 4, depthIdentifier: 'sets' }) },
        { weight: 1, arbitrary: fc.array(tie('child'), { minLength: 5, maxLength: 9, depthIdentifier: 'sets' }) },
        {
          weight: 2,
          arbitrary: fc
            .tuple(policiesAbout, fc.array(tie('child'), { maxLength: 2, depthIdentifier: 'sets' }))
            .map(([some, others]) => [...some, ...others]),
        },
      ),
      obligations,
      advice,
    })
    .map((parts) => ({ kind: 'PolicySet', at, id: 'set', version: '1.0', combinerParameters: [], ...parts })),
}))

/** Ids in document order, so that two elements are never called the same. */
function numbered<T extends model.PolicySetChild | model.Rule>(element: T, next: { id: number }): T {
  if (element.kind === 'PolicyIdReference' || element.kind === 'PolicySetIdReference') return element
  const id = `${element.kind}-${next.id++}`
  if (element.kind === 'Policy') return { ...element, id, rules: element.rules.map((one) => numbered(one, next)) }
  if (element.kind === 'PolicySet')
    return { ...element, id, children: element.children.map((one) => numbered(one, next)) }
  return { ...element, id }
}

export const arbitraryPolicy: fc.Arbitrary<model.Policy | model.PolicySet> = fc
  .oneof({ weight: 1, arbitrary: policy }, { weight: 2, arbitrary: policySet })
  .map((root) => numbered(root, { id: 1 }))

/** What the reference `bound` stands for. */
export const arbitraryBound: fc.Arbitrary<model.Policy> = policy.map((one) => ({
  ...numbered(one, { id: 1000 }),
  id: 'bound',
}))
