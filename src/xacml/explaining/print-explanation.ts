/** An explanation as text for terminals: the answer first, then the tree, each line with its place in the policy. */
import type { Position } from '../model/policy.ts'
import type {
  ExplainedElement,
  ExplainedExpression,
  ExplainedMatch,
  ExplainedTarget,
  Explanation,
  Verdict,
} from './explanation.ts'

export interface PrintOptions {
  /** The decision, its rules and what would have changed it, without the tree. */
  readonly short?: boolean
}

export function printExplanation(explanation: Explanation, { short = false }: PrintOptions = {}): string {
  const lines = [...printAnswer(explanation)]
  if (!short) {
    lines.push('', ...printElement(explanation.tree, 0))
    if (explanation.isCut) lines.push('', 'there is more: the policy has more parts than are looked at')
  }
  return `${lines.join('\n')}\n`
}

function* printAnswer({
  decision,
  extended,
  status,
  rules,
  obligations,
  advice,
  changes,
  tree,
}: Explanation): Iterable<string> {
  yield extended === undefined ? decision : `${decision}{${extended}}`
  if (status.message !== undefined) yield `  because ${status.message}`
  for (const { policy, rule, at } of rules) yield `  by rule ${rule} of ${policy} ${place(at)}`
  for (const { id } of obligations) yield `  obligation ${id}`
  for (const { id } of advice) yield `  advice ${id}`
  if (decision === 'Permit') return
  if (changes.length === 0) yield '  nothing was found that would have permitted it'
  for (const [index, { facts }] of changes.entries()) {
    const lead = index === 0 ? '  not Permit, since ' : '  or, since '
    yield lead + facts.map(({ text, policy, at }) => `${text} ${placeIn(policy, at, tree.id)}`).join(', and ')
  }
}

const place = ({ line, column }: Position): string => `(${line}:${column})`

/** A place in another policy than the one that was asked is named with it: it may be another document. */
const placeIn = (policy: string, { line, column }: Position, root: string): string =>
  policy === root ? `(${line}:${column})` : `(${policy} ${line}:${column})`

/* ── the tree ────────────────────────────────────────────────────────────────────────────────────────────────── */

function* printElement(element: ExplainedElement, depth: number): Iterable<string> {
  const { kind, id, at, outcome, effect, combiningAlgorithm, failure, target, condition } = element
  const how = effect ?? (combiningAlgorithm === undefined ? '' : shortName(combiningAlgorithm))
  yield `${indent(depth)}${kind} ${id}${how === '' ? '' : `, ${how}`}: ${outcome} ${place(at)}`
  if (failure !== undefined) yield `${indent(depth + 1)}because ${failure}`
  if (target !== undefined) yield* printTarget(target, depth + 1)
  if (condition !== undefined) {
    yield `${indent(depth + 1)}condition`
    yield* printExpression(condition, depth + 2)
  }
  for (const child of element.children) yield* printElement(child, depth + 1)
  const { notReached } = element
  const [first] = notReached
  if (first !== undefined) {
    const names = notReached.slice(0, 5).map((one) => one.id)
    const more = notReached.length > 5 ? ` and ${notReached.length - 5} more` : ''
    yield `${indent(depth + 1)}not reached: ${names.join(', ')}${more} ${place(first.at)}`
  }
}

function* printTarget({ verdict, at, anyOf }: ExplainedTarget, depth: number): Iterable<string> {
  yield `${indent(depth)}target: ${verdict} ${place(at)}`
  for (const one of anyOf) {
    const matches = one.allOf.flatMap((allOf) => allOf.matches)
    const isPlain = one.allOf.every((allOf) => allOf.matches.length === 1)
    if (!isPlain || matches.length === 1) {
      for (const allOf of one.allOf) {
        if (one.allOf.length > 1) yield `${indent(depth + 1)}all of: ${allOf.verdict} ${place(allOf.at)}`
        for (const match of allOf.matches) yield printMatch(match, depth + (one.allOf.length > 1 ? 2 : 1))
      }
      continue
    }
    yield `${indent(depth + 1)}any of: ${one.verdict} ${place(one.at)}`
    for (const match of worthShowing(matches, one.verdict)) yield printMatch(match, depth + 2)
  }
}

/** Of alternatives that matched, the one that did. */
const worthShowing = (matches: readonly ExplainedMatch[], verdict: Verdict): readonly ExplainedMatch[] =>
  verdict === 'match' ? matches.filter((match) => match.verdict === 'match').slice(0, 1) : matches

function printMatch({ verdict, at, literal, attribute, saw, failure, ...rest }: ExplainedMatch, depth: number): string {
  const found = failure ?? (saw.length === 0 ? 'none' : saw.map((value) => `\`${value}\``).join(', '))
  return `${indent(depth)}${sign(verdict)} ${shortName(rest.function)} \`${literal}\`: ${attribute} is ${found} ${place(at)}`
}

const sign = (verdict: Verdict): string => ({ match: '+', 'no match': '-', error: '!' })[verdict]

function* printExpression(expression: ExplainedExpression, depth: number): Iterable<string> {
  const { kind, name, at, values, isBag, failure } = expression
  const shown =
    kind === 'Apply' || kind === 'Function' ? shortName(name) : kind === 'AttributeValue' ? `\`${name}\`` : name
  const value = values === undefined ? '' : values.map((one) => `\`${one}\``).join(', ')
  const result =
    failure !== undefined
      ? `error, ${failure}`
      : values === undefined
        ? 'not evaluated'
        : isBag === true
          ? `{${value}}`
          : value
  if (kind === 'AttributeValue') {
    yield `${indent(depth)}${shown} ${place(at)}`
    return
  }
  yield `${indent(depth)}${shown} ${kind === 'Function' ? '' : `= ${result} `}${place(at)}`
  if (values === undefined && failure === undefined) return
  for (const argument of expression.arguments) yield* printExpression(argument, depth + 1)
}

const shortName = (id: string): string => id.slice(id.lastIndexOf(':') + 1)

const indent = (depth: number): string => '  '.repeat(depth)
