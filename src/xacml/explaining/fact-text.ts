/** Facts in words, as they are: what is asked, and what the request has instead. */
import { Failure } from '../model/failure.ts'
import type { Designator, Expression, Match, Policy, Selector } from '../model/policy.ts'
import { categoryShorthands } from '../syntax/json/categories.ts'
import { type Examining, examine, examineMatch, textsOf, valuesSeen } from './examining.ts'
import { type AskedFact, isEquality, shortName } from './facts.ts'

export type Names = ReadonlyMap<string, string>

/** `wanted` is what the fact would have to be; the text says what it is. */
export function factText(fact: AskedFact, wanted: boolean, examining: Examining, names: Names = new Map()): string {
  const speaking: Speaking = { examining, names }
  switch (fact.kind) {
    case 'one-of':
      return oneOfText(fact.matches, speaking)
    case 'match':
      return matchText(fact.match, wanted, speaking)
    case 'call': {
      const { apply, policy } = fact
      const failure = examine(apply, policy, examining)
      if (failure instanceof Failure) return failure.message
      return callText(shortName(apply.function), apply.arguments, wanted, { ...speaking, policy })
    }
  }
}

interface Speaking {
  readonly examining: Examining
  readonly names: Names
  readonly policy?: Policy | undefined
}

/* ── matches ─────────────────────────────────────────────────────────────────────────────────────────────────── */

function oneOfText(matches: readonly [Match, ...Match[]], speaking: Speaking): string {
  const [{ attribute }] = matches
  const wanted = listed(matches.map(({ literal }) => literal.text))
  const seen = valuesSeen(attribute, speaking.examining)
  const what = nameOf(attribute, speaking)
  if (seen.length === 0) return `${subjectOf(attribute)} has no ${ownName(attribute, speaking)} among ${wanted}`
  return `${what} ${listed(seen)} is not among ${wanted}`
}

function matchText(match: Match, wanted: boolean, speaking: Speaking): string {
  const { literal, attribute } = match
  const matched = examineMatch(match, speaking.examining)
  if (matched instanceof Failure) return matched.message
  const seen = valuesSeen(attribute, speaking.examining)
  if (isEquality(match.function)) return equalText(literal.text, attribute, seen, wanted, speaking)
  const what =
    seen.length === 0 ? `${nameOf(attribute, speaking)} (none)` : `${nameOf(attribute, speaking)} ${listed(seen)}`
  return `\`${shortName(match.function)}\` ${wanted ? 'does not hold' : 'holds'} for \`${literal.text}\` and ${what}`
}

function equalText(
  value: string,
  attribute: Designator | Selector,
  seen: readonly string[],
  wanted: boolean,
  speaking: Speaking,
): string {
  const what = nameOf(attribute, speaking)
  if (!wanted) return `${what} is \`${value}\``
  if (seen.length === 0) return `${subjectOf(attribute)} has no ${ownName(attribute, speaking)} \`${value}\``
  return seen.length === 1
    ? `${what} ${listed(seen)} is not \`${value}\``
    : `${what} ${listed(seen)} has no \`${value}\``
}

/* ── calls ───────────────────────────────────────────────────────────────────────────────────────────────────── */

function callText(name: string, args: readonly Expression[], wanted: boolean, speaking: Speaking): string {
  const [first, second, third] = args
  const text = (expression: Expression): string => expressionText(expression, speaking)
  const not = wanted ? ' not' : ''
  if (first !== undefined && second !== undefined) {
    const counted = countedText(name, first, second, wanted, speaking)
    if (counted !== undefined) return counted
    const attribute = designatorIn(second)
    if (name.endsWith('-is-in') && first.kind === 'AttributeValue' && attribute !== undefined) {
      return equalText(first.text, attribute, valuesSeen(attribute, speaking.examining), wanted, speaking)
    }
    if (name.endsWith('-is-in')) return `${text(first)} is${not} among ${text(second)}`
    if (name.endsWith('-at-least-one-member-of')) return sharedText(first, second, wanted, speaking)
    if (name.endsWith('-subset')) return `${wanted ? 'not ' : ''}all of ${text(first)} are among ${text(second)}`
    const relation = relations.find(([ending]) => name.endsWith(ending))?.[1]
    if (relation !== undefined) {
      const [left, right] = first.kind === 'AttributeValue' ? [second, first] : [first, second]
      const asked = left === first ? relation : (mirrored.get(relation) ?? relation)
      return `${text(left)} is${not} ${asked} ${text(right)}`
        .replace(/ is not equal to /, ' is not ')
        .replace(/ is equal to /, ' is ')
    }
    if (third !== undefined && name === 'time-in-range') {
      return `${text(first)} is${not} between ${text(second)} and ${text(third)}`
    }
  }
  return `\`${name}\` is ${wanted ? 'false' : 'true'} for ${args.map(text).join(', ')}`
}

/** Two bags that have, or have not, a value in common. */
function sharedText(first: Expression, second: Expression, wanted: boolean, speaking: Speaking): string {
  const [left, right] = [expressionText(first, speaking), expressionText(second, speaking)]
  const value = examine(first, speaking.policy, speaking.examining)
  const isOne = Array.isArray(value) && value.length === 1
  if (isOne) return `${left} is ${wanted ? 'not ' : ''}among ${right}`
  return `${wanted ? 'none' : 'one'} of ${left} is among ${right}`
}

/** `bag-size(x) = 0`, the way conditions say that there is none. */
function countedText(
  name: string,
  first: Expression,
  second: Expression,
  wanted: boolean,
  speaking: Speaking,
): string | undefined {
  const [size, zero] = first.kind === 'Apply' ? [first, second] : [second, first]
  if (name !== 'integer-equal' || size.kind !== 'Apply' || !size.function.endsWith('-bag-size')) return undefined
  if (zero.kind !== 'AttributeValue' || zero.text.trim() !== '0') return undefined
  const [bag] = size.arguments
  if (bag === undefined) return undefined
  const attribute = designatorIn(bag)
  if (wanted) return `there is ${expressionText(bag, speaking)}`
  if (attribute === undefined) return `there is no value in ${expressionText(bag, speaking)}`
  return `${subjectOf(attribute)} has no ${ownName(attribute, speaking)}`
}

/** The longer endings first. */
const relations: readonly (readonly [string, string])[] = [
  ['-greater-than-or-equal', 'at or above'],
  ['-less-than-or-equal', 'at or below'],
  ['-greater-than', 'above'],
  ['-less-than', 'below'],
  ['-equal-ignore-case', 'equal to'],
  ['-equal', 'equal to'],
]

const mirrored: ReadonlyMap<string, string> = new Map([
  ['at or above', 'at or below'],
  ['at or below', 'at or above'],
  ['above', 'below'],
  ['below', 'above'],
])

function expressionText(expression: Expression, speaking: Speaking): string {
  if (expression.kind === 'AttributeValue') return `\`${expression.text.trim()}\``
  if (expression.kind === 'Function') return `\`${shortName(expression.function)}\``
  const { examining, policy } = speaking
  const value = examine(expression, policy, examining)
  const attribute = designatorIn(expression)
  const values = value instanceof Failure ? [] : textsOf(value, expression, policy)
  if (attribute !== undefined) {
    const what = nameOf(attribute, speaking)
    return values.length === 0 ? `${what} (none)` : `${what} ${listed(values)}`
  }
  return values.length === 0 ? 'an empty bag' : listed(values)
}

/** The designator or selector that an expression stands for, whether its bag or its one value. */
function designatorIn(expression: Expression): Designator | Selector | undefined {
  if (expression.kind === 'AttributeDesignator' || expression.kind === 'AttributeSelector') return expression
  if (expression.kind !== 'Apply' || !expression.function.endsWith('-one-and-only')) return undefined
  const [only] = expression.arguments
  return only && designatorIn(only)
}

/* ── names ───────────────────────────────────────────────────────────────────────────────────────────────────── */

const categoryNames: ReadonlyMap<string, string> = new Map(
  categoryShorthands.map(([name, uri]) => [uri, name === 'AccessSubject' ? 'subject' : spaced(name)]),
)

function spaced(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}

const subjectOf = ({ category }: Designator | Selector): string => categoryNames.get(category) ?? `\`${category}\``

/** Without its category. */
function ownName(attribute: Designator | Selector, { names }: Speaking): string {
  if (attribute.kind === 'AttributeSelector') return `\`${attribute.path}\``
  const name = names.get(attribute.attributeId)
  return name === undefined ? `\`${attribute.attributeId}\`` : name === '' ? 'value' : name
}

function nameOf(attribute: Designator | Selector, speaking: Speaking): string {
  const isBare = attribute.kind === 'AttributeDesignator' && speaking.names.get(attribute.attributeId) === ''
  return isBare ? subjectOf(attribute) : `${subjectOf(attribute)} ${ownName(attribute, speaking)}`
}

const listed = (values: readonly string[]): string => values.map((value) => `\`${value}\``).join(', ')
