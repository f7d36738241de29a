/** Targets: equality tests on one attribute become one membership test (sections 7.6 and 7.7). */
import { functions } from '../functions/index.ts'
import type { Failure } from '../model/failure.ts'
import type { AllOf, AnyOf, Match, Target } from '../model/policy.ts'
import {
  type Compilation,
  compileDesignator,
  compileSelector,
  literalValue,
  withConstant,
} from './compile-expression.ts'
import { equalityKey, equalityOf } from './equality.ts'
import type { Key, MatchTest, Member, OrderTest, Test, Tests } from './node.ts'
import { exchangedOrder } from './operators.ts'
import type { Slot } from './vocabulary.ts'

const always: Tests = []

/** The target as tests of which all must match; the order of errors is that of the document. */
export function compileTarget(target: Target | undefined, compilation: Compilation): Tests {
  if (target === undefined || target.anyOf.length === 0) return always
  const tests = target.anyOf.flatMap((anyOf) => conjuncts(compileAnyOf(anyOf, compilation)))
  return tests.map((test) => shared(test, compilation))
}

/** All of all is all: an AnyOf with one AllOf is just its matches. */
const conjuncts = (test: Test): Tests => (test.kind === 'Every' ? test.tests : [test])

function compileAnyOf({ allOf }: AnyOf, compilation: Compilation): Test {
  const alternatives = joinMembers(allOf.map((one) => compileAllOf(one, compilation)))
  const [only, ...others] = alternatives
  return only !== undefined && others.length === 0 ? only : { kind: 'Some', tests: alternatives }
}

function compileAllOf({ matches }: AllOf, compilation: Compilation): Test {
  const tests = matches.map((match) => compileMatch(match, compilation))
  const [only, ...others] = tests
  return only !== undefined && others.length === 0 ? only : { kind: 'Every', tests }
}

function compileMatch(match: Match, compilation: Compilation): Member | OrderTest | MatchTest {
  const { attribute } = match
  const literal = literalValue(match.literal)
  if (attribute.kind === 'AttributeDesignator') {
    const { slot, missing } = compileDesignator(attribute, compilation)
    const equality = equalityOf(match.function)
    if (equality !== undefined && equality.type.id === slot.dataType) {
      return member(slot, equality.folded, [equalityKey(equality, literal)], missing)
    }
    const operator = exchangedOrder(match.function)
    if (operator !== undefined && (typeof literal === 'bigint' || typeof literal === 'number')) {
      return { kind: 'Order', slot, operator, bound: literal, missing }
    }
  }
  const row = functions.get(match.function)
  if (row === undefined || row.form === 'higher-order') {
    throw new Error(`the policy was not checked: \`${match.function}\` is not a function that can be called here`)
  }
  const bag =
    attribute.kind === 'AttributeDesignator' ? compileDesignator(attribute, compilation) : compileSelector(attribute)
  return { kind: 'Match', row: withConstant(row, { kind: 'Literal', value: literal }, compilation), literal, bag }
}

/** Alternatives on one attribute become one test, in the place of the first of them: they fail all or none. */
function joinMembers(tests: Tests): Tests {
  const joined: Test[] = []
  for (const test of tests) {
    const at = joined.findIndex((other) => isAlike(other, test))
    if (at < 0) joined.push(test)
    else joined[at] = join(joined[at] as Member, test as Member)
  }
  return joined
}

const isAlike = (a: Test, b: Test): boolean =>
  a.kind === 'Member' && b.kind === 'Member' && a.slot === b.slot && a.folded === b.folded && a.missing === b.missing

const many = 8

function join(a: Member, b: Member): Member {
  return member(a.slot, a.folded, [...new Set([...a.keys, ...b.keys])], a.missing)
}

/** The one place that makes them, so that they are all laid out alike. */
function member(slot: Slot, folded: boolean, keys: readonly Key[], missing: Failure | undefined): Member {
  const direct = !folded && slot.keyOf === undefined
  return { kind: 'Member', slot, folded, direct, keys, keySet: keys.length > many ? new Set(keys) : undefined, missing }
}

/** The same test made elsewhere in this document, if there is one. */
function shared(test: Test, { members }: Compilation): Test {
  if (test.kind !== 'Member') return test
  let known = members.get(test.slot)
  if (known === undefined) {
    known = new Map()
    members.set(test.slot, known)
  }
  const name = nameOf(test)
  const first = known.get(name)
  if (first === undefined) known.set(name, test)
  return first ?? test
}

/** Lengths are in it, so that no two tests of a slot have one name. */
const nameOf = ({ folded, missing, keys }: Member): string =>
  `${folded ? 'f' : ''}${missing ? 'm' : ''}${keys.map((key) => `${String(key).length}:${key}`).join('')}`
