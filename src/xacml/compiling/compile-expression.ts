/** Expressions: names looked up once, constants folded, designators as slots (section 7.3). */

import { type CallableFunction, namedFunction, withFirst } from '../evaluating/call.ts'
import { readLiteral } from '../evaluating/literal.ts'
import { functions } from '../functions/index.ts'
import type { StrictFunction } from '../functions/row.ts'
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type * as model from '../model/policy.ts'
import type { Bag, Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import { newWork, stepsOfCall, takeStep, type Work } from '../work.ts'
import type {
  ComparisonExpression,
  DesignatorExpression,
  Expression,
  LiteralExpression,
  Member,
  OnlyValueExpression,
  SelectorExpression,
  VariableExpression,
} from './node.ts'
import { operatorOf } from './operators.ts'
import { ownText } from './own-text.ts'
import type { Slot, Vocabulary } from './vocabulary.ts'

/** What is shared while one policy document is compiled. */
export interface Compilation {
  readonly vocabulary: Vocabulary
  readonly limits: Limits
  /** What calls on constants are paid from: those that it does not suffice for are made when deciding. */
  readonly work: Work
  /** Failures of MustBePresent, one per slot. */
  readonly missing: Map<Slot, Failure>
  /** What many rules say alike is held once: less to keep, and less to fetch from memory when deciding. */
  readonly onlyValues: Map<Slot, OnlyValueExpression>
  readonly members: Map<Slot, Map<string, Member>>
}

/** The variables of the policy around an expression, each compiled once. */
export type Variables = ReadonlyMap<string, VariableExpression>

const neverChecked = (what: string): Error => new Error(`the policy was not checked: ${what}`)

export function compileExpression(
  source: model.Expression,
  variables: Variables,
  compilation: Compilation,
): Expression {
  switch (source.kind) {
    case 'AttributeValue':
      return { kind: 'Literal', value: literalValue(source) }
    case 'AttributeDesignator':
      return compileDesignator(source, compilation)
    case 'AttributeSelector':
      return compileSelector(source)
    case 'VariableReference':
      return compileVariable(source, variables)
    case 'Apply':
      return compileApply(source, variables, compilation)
    case 'Function':
      throw neverChecked(`function \`${source.function}\` stands where a value is due`)
  }
}

export function literalValue(literal: model.Literal): Value {
  const value = readLiteral(literal)
  if (value === undefined) throw neverChecked(`\`${literal.text}\` is not of type \`${literal.dataType}\``)
  return typeof value === 'string' ? ownText(value) : value
}

export function compileDesignator(source: model.Designator, compilation: Compilation): DesignatorExpression {
  const slot = compilation.vocabulary.slotOf(source)
  return { kind: 'Designator', slot, missing: source.mustBePresent ? missing(source, slot, compilation) : undefined }
}

export const compileSelector = (selector: model.Selector): SelectorExpression => ({
  kind: 'Selector',
  selector: { ...selector, category: ownText(selector.category), path: ownText(selector.path) },
})

function missing(source: model.Designator, slot: Slot, compilation: Compilation): Failure {
  const known = compilation.missing.get(slot)
  if (known !== undefined) return known
  const { category, attributeId, issuer } = slot
  const dataType = ownText(source.dataType)
  const message = `the request has no \`${attributeId}\` of type \`${dataType}\``
  const failure = new Failure('missing-attribute', message, [
    { category, attributeId, dataType, ...(issuer !== undefined && { issuer }) },
  ])
  compilation.missing.set(slot, failure)
  return failure
}

/** A reference to a constant is the constant. */
function compileVariable({ variableId }: model.VariableReference, variables: Variables): Expression {
  const variable = variables.get(variableId)
  if (variable === undefined) throw neverChecked(`variable \`${variableId}\` is not defined`)
  return variable.definition.kind === 'Literal' && variable.definition !== undefinedYet ? variable.definition : variable
}

const undefinedYet: LiteralExpression = { kind: 'Literal', value: false }

/** Definitions may come after use (section 7.8): first a place for each, then what belongs there. */
export function compileVariables(
  definitions: readonly model.VariableDefinition[],
  compilation: Compilation,
): Variables {
  const variables = new Map<string, VariableExpression>(
    definitions.map(({ variableId }) => [variableId, { kind: 'Variable', definition: undefinedYet }]),
  )
  for (const { variableId, expression } of definitions) {
    const variable = variables.get(variableId)
    if (variable !== undefined) variable.definition = compileExpression(expression, variables, compilation)
  }
  return variables
}

function compileApply(source: model.Apply, variables: Variables, compilation: Compilation): Expression {
  const row = functions.get(source.function)
  if (row === undefined) throw neverChecked(`function \`${source.function}\` is not known`)
  const compile = (argument: model.Expression) => compileExpression(argument, variables, compilation)
  switch (row.form) {
    case 'strict':
      return compileCall(row, source.arguments.map(compile), compilation)
    case 'logical':
      return { kind: 'Logical', logic: row.logic, arguments: source.arguments.map(compile) }
    case 'xpath':
      return { kind: 'Named', row, arguments: source.arguments.map(compile) }
    case 'higher-order': {
      const [first, ...rest] = source.arguments
      if (first?.kind !== 'Function') throw neverChecked(`\`${row.id}\` takes a function first`)
      const args = rest.map(compile)
      const applied = withConstant(namedFunction(first.function), args[0], compilation)
      return { kind: 'HigherOrder', order: row.order, function: applied, arguments: args }
    }
  }
}

function compileCall(row: StrictFunction, args: readonly Expression[], compilation: Compilation): Expression {
  const [first] = args
  if (first?.kind === 'Designator' && isOneAndOnly(row)) return onlyValue(row, first, compilation)
  return (
    fold(row, args, compilation) ??
    compileComparison(row, args) ?? {
      kind: 'Call',
      call: withConstant(row, first, compilation).call,
      arguments: args,
    }
  )
}

/** What a function can do with a first argument that never changes is done now: patterns are compiled. */
export function withConstant<Row extends CallableFunction>(
  row: Row,
  first: Expression | undefined,
  { limits }: Compilation,
): Row {
  if (first?.kind !== 'Literal' || first.value instanceof Failure || Array.isArray(first.value)) return row
  const work = newWork(limits.steps)
  const prepared = withFirst(row, first.value, limits, work)
  return work.exhausted === undefined ? prepared : row
}

function compileComparison(row: StrictFunction, args: readonly Expression[]): ComparisonExpression | undefined {
  const operator = operatorOf(row.id)
  const [left, right] = args
  if (operator === undefined || left === undefined || right === undefined) return undefined
  return { kind: 'Comparison', operator, left, right }
}

const isOneAndOnly = (row: StrictFunction): boolean => {
  const type = dataTypes.get(row.result.dataType)
  return type !== undefined && row.parameters.length === 1 && row.id.endsWith(`:function:${type.name}-one-and-only`)
}

function onlyValue(
  row: StrictFunction,
  designator: DesignatorExpression,
  compilation: Compilation,
): OnlyValueExpression {
  const { slot, missing } = designator
  const known = compilation.onlyValues.get(slot)
  if (known !== undefined && known.missing === missing) return known
  const made: OnlyValueExpression = { kind: 'OnlyValue', slot, missing, call: row.call }
  compilation.onlyValues.set(slot, made)
  return made
}

/** A call on constants is a constant. One that fails stays a call: whether it is reached decides whether it matters. */
function fold(
  row: StrictFunction,
  args: readonly Expression[],
  { limits, work }: Compilation,
): LiteralExpression | undefined {
  const values: (Value | Bag)[] = []
  for (const arg of args) {
    if (arg.kind !== 'Literal' || arg.value instanceof Failure) return undefined
    values.push(arg.value)
  }
  const value = takeStep(work, stepsOfCall(values)) ?? row.call(values, limits, work)
  return value instanceof Failure ? undefined : { kind: 'Literal', value }
}
