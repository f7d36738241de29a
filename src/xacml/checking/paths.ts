/** Section 7.3.7: paths can be read, with the prefixes declared where they are written. */
import type { Limits } from '../limits.ts'
import type { Expression, Namespaces } from '../model/policy.ts'
import { xpathExpression } from '../values/xpath-expression.ts'
import { newWork, takeStep, type Work } from '../work.ts'
import { type Path, parsePath, stepsToParse } from '../xpath/path.ts'
import { type Check, error } from './check.ts'

export const paths: Check = function* ({ expressions }, { limits }) {
  const work = newWork(limits.steps)
  const known = new Map<string, Path | string>()
  for (const { expression } of expressions) {
    const written = pathIn(expression)
    if (written === undefined) continue
    const key = JSON.stringify([written.path, written.namespaces])
    const path = known.get(key) ?? parseWithin(written.path, written.namespaces, limits, work)
    known.set(key, path)
    if (typeof path === 'string') yield error('XACML-BAD-PATH', expression.at, path)
    if (work.exhausted !== undefined) return
  }
}

/** All paths of a document together take no more steps than a decision may. Equal ones are parsed once. */
function parseWithin(text: string, namespaces: Namespaces, limits: Limits, work: Work): Path | string {
  if (text.length <= limits.patternCharacters && takeStep(work, stepsToParse(text)) !== undefined) {
    return 'the paths up to here take more steps to parse than the limit `steps` allows; use fewer or shorter ones'
  }
  return parsePath(text, namespaces, limits)
}

function pathIn(expression: Expression) {
  if (expression.kind === 'AttributeSelector') return expression
  if (expression.kind !== 'AttributeValue' || expression.dataType !== xpathExpression.id) return undefined
  return { path: expression.text.trim(), namespaces: expression.namespaces ?? {} }
}
