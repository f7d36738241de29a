/** Mutants of a target: parts dropped, literals changed, "any of" and "all of" taken for each other. */
import type { AllOf, AnyOf, Target } from '../model/policy.ts'
import type { Mutation } from './mutate.ts'
import { mutateLiteral } from './mutate-literal.ts'

export function* mutateTarget(target: Target): Iterable<Mutation<Target>> {
  for (const [index, anyOf] of target.anyOf.entries()) {
    const { at } = anyOf
    if (target.anyOf.length > 1) {
      yield { change: 'drop an AnyOf', at, to: { ...target, anyOf: target.anyOf.toSpliced(index, 1) } }
    }
    for (const { change, at: place, to } of mutateAnyOf(anyOf)) {
      yield { change, at: place, to: { ...target, anyOf: target.anyOf.with(index, to) } }
    }
  }
}

function* mutateAnyOf(anyOf: AnyOf): Iterable<Mutation<AnyOf>> {
  const { at, allOf } = anyOf
  if (allOf.length > 1) {
    const matches = allOf.flatMap((one) => one.matches)
    yield { change: 'all of what should be any of', at, to: { ...anyOf, allOf: [{ at, matches }] } }
  }
  for (const [index, one] of allOf.entries()) {
    if (allOf.length > 1) {
      const [match] = one.matches
      const of = match === undefined ? '' : ` of \`${match.literal.text}\``
      yield { change: `drop the AllOf${of}`, at: one.at, to: { ...anyOf, allOf: allOf.toSpliced(index, 1) } }
    }
    if (one.matches.length > 1) {
      const apart = one.matches.map((match): AllOf => ({ at: match.at, matches: [match] }))
      yield {
        change: 'any of what should be all of',
        at: one.at,
        to: { ...anyOf, allOf: allOf.toSpliced(index, 1, ...apart) },
      }
    }
    for (const { change, at: place, to } of mutateAllOf(one)) {
      yield { change, at: place, to: { ...anyOf, allOf: allOf.with(index, to) } }
    }
  }
}

function* mutateAllOf(allOf: AllOf): Iterable<Mutation<AllOf>> {
  const { matches } = allOf
  for (const [index, match] of matches.entries()) {
    if (matches.length > 1) {
      const to = { ...allOf, matches: matches.toSpliced(index, 1) }
      yield { change: `drop the match of \`${match.literal.text}\``, at: match.at, to }
    }
    for (const { change, at, to } of mutateLiteral(match.literal)) {
      yield { change, at, to: { ...allOf, matches: matches.with(index, { ...match, literal: to }) } }
    }
  }
}
