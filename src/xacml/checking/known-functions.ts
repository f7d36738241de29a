/** Appendix A.3: every function is known; deprecated ones are named with their successor. */
import { functions } from '../functions/index.ts'
import type { Position } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { type Check, error, warning } from './check.ts'

export const knownFunctions: Check = function* ({ matches, expressions }) {
  for (const match of matches) yield* checkFunction(match.function, match.at)
  for (const { expression } of expressions) {
    if (expression.kind === 'Apply' || expression.kind === 'Function')
      yield* checkFunction(expression.function, expression.at)
  }
}

function* checkFunction(id: string, at: Position): Iterable<Problem> {
  const row = functions.get(id)
  if (row === undefined) {
    const similar = findSimilar(id)
    const next = similar === undefined ? 'use one of appendix A.3 of XACML 3.0' : `did you mean \`${similar}\``
    yield error('XACML-UNKNOWN-FUNCTION', at, `function \`${id}\` is not known; ${next}`)
  } else if (row.successor !== undefined) {
    yield warning('XACML-DEPRECATED', at, `\`${id}\` is planned for deprecation; use \`${row.successor}\``)
  }
}

/** The commonest slip is the version in the identifier. */
function findSimilar(id: string): string | undefined {
  const name = id.slice(id.lastIndexOf(':') + 1)
  return ['3.0', '1.0', '2.0']
    .map((version) => `urn:oasis:names:tc:xacml:${version}:function:${name}`)
    .find((candidate) => functions.has(candidate))
}
