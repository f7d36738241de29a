/** The facts that a policy asks about: a match, any of several values of one attribute, or a boolean call in a condition. */
import { functions } from '../functions/index.ts'
import type { AnyOf, Apply, Designator, Expression, Match, Policy, Position, Selector } from '../model/policy.ts'

/** A fact with the first place where it is asked. */
export interface Asked {
  readonly fact: AskedFact
  readonly within: string
  readonly at: Position
}

export type AskedFact =
  | { readonly kind: 'match'; readonly match: Match }
  | { readonly kind: 'one-of'; readonly matches: readonly [Match, ...Match[]] }
  | { readonly kind: 'call'; readonly apply: Apply; readonly policy: Policy | undefined }

export const matchKey = ({ function: id, literal, attribute }: Match): string =>
  JSON.stringify(['match', id, literal.dataType, literal.text, attributeKey(attribute)])

export const oneOfKey = (matches: readonly Match[]): string => JSON.stringify(['one-of', ...matches.map(matchKey)])

/** Variables mean something inside their policy only. */
export const callKey = (apply: Apply, policy: Policy | undefined): string => {
  const text = JSON.stringify(apply, (name, value: unknown) => (name === 'at' ? undefined : value))
  return JSON.stringify(['call', text.includes('"VariableReference"') ? policy?.id : '', text])
}

/** Written out for designators: a search asks for the keys of a whole policy many times. */
function attributeKey(attribute: Designator | Selector): string {
  if (attribute.kind === 'AttributeDesignator') {
    const { category, attributeId, dataType, issuer, mustBePresent } = attribute
    return JSON.stringify([category, attributeId, dataType, issuer, mustBePresent])
  }
  return JSON.stringify(attribute, (name, value: unknown) => (name === 'at' ? undefined : value))
}

/** The matches of an AnyOf that asks whether one attribute is among several values, as most do. */
export function oneOfMatches({ allOf }: AnyOf): readonly [Match, ...Match[]] | undefined {
  const matches = allOf.flatMap((one) => (one.matches.length === 1 ? one.matches : []))
  const [first, ...rest] = matches
  if (first === undefined || rest.length === 0 || matches.length !== allOf.length) return undefined
  const key = attributeKey(first.attribute)
  const alike = matches.every((match) => isEquality(match.function) && attributeKey(match.attribute) === key)
  return alike ? [first, ...rest] : undefined
}

export const shortName = (id: string): string => id.slice(id.lastIndexOf(':') + 1)

export const isEquality = (functionId: string): boolean =>
  /-equal(?:-ignore-case)?$/.test(shortName(functionId)) && !/-or-equal$/.test(functionId)

/** Logical functions are looked through; everything else that gives a boolean is a fact. */
export function logicOf(apply: Apply): 'and' | 'or' | 'not' | undefined {
  const row = functions.get(apply.function)
  if (row?.form === 'logical' && row.logic !== 'n-of') return row.logic
  return shortName(apply.function) === 'not' ? 'not' : undefined
}

/** Every designator below an expression, variables looked through. */
export function designatorsIn(expression: Expression, policy: Policy | undefined): readonly Designator[] {
  switch (expression.kind) {
    case 'AttributeDesignator':
      return [expression]
    case 'Apply':
      return expression.arguments.flatMap((argument) => designatorsIn(argument, policy))
    case 'VariableReference': {
      const definition = policy?.variables.find(({ variableId }) => variableId === expression.variableId)
      return definition === undefined ? [] : designatorsIn(definition.expression, policy)
    }
    default:
      return []
  }
}
