/** Selects nodes of a content document by an accepted path. */
import fontoxpath from 'fontoxpath'
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Namespaces, XPathVersion } from '../model/policy.ts'
import { exhaust, takeStep, type Work } from '../work.ts'
import type { ContentDocument, ContentNode } from './content.ts'
import { followFirstVersion } from './first-version.ts'
import { followIds, type Searched } from './ids.ts'
import { type Path, parsePath, stepsToParse } from './path.ts'

/** Most of what a selection costs when the document is small, in elementary steps. */
const stepsToStart = 20

export interface Selecting {
  readonly limits: Limits
  /** The context node: the document unless told otherwise. */
  readonly from?: ContentNode
  /** Whose rules the path follows: those of 1.0 unless told otherwise. */
  readonly version?: XPathVersion | undefined
  /** What the nodes that the path may visit are paid from. */
  readonly work: Work
}

/** In document order, without duplicates. */
export function selectNodes(
  document: ContentDocument,
  text: string,
  namespaces: Namespaces,
  { limits, from = document.root, version, work }: Selecting,
): readonly ContentNode[] | Failure {
  const unpaid = text.length > limits.patternCharacters ? undefined : takeStep(work, stepsToParse(text))
  if (unpaid !== undefined) return unpaid
  const path = parsePath(text, namespaces, limits)
  if (typeof path === 'string') return new Failure('syntax-error', path)
  const refused = takeStep(work, stepsToStart + document.nodes ** path.degree)
  if (refused !== undefined) return refused
  followIds(path.tree)
  if (version === undefined) followFirstVersion(path.tree)
  const found = evaluate(path, from, document)
  if (found instanceof Failure) return found
  if (!found.every(isNode)) return new Failure('syntax-error', `\`${text}\` selects values, where nodes are due`)
  if (found.length > limits.bagSize) {
    return exhaust(work, `\`${text}\` selects more nodes than the limit \`bagSize\` allows`)
  }
  return found
}

const { evaluateXPath } = fontoxpath

/** An unprefixed name means no namespace (XPath 1.0, section 2.3), whatever the default namespace of the policy. */
function evaluate(
  { text, namespaces, tree }: Path,
  from: ContentNode,
  { root }: ContentDocument,
): readonly unknown[] | Failure {
  const currentContext: Searched = { document: root }
  try {
    return evaluateXPath(tree as never, from, null, {}, evaluateXPath.ALL_RESULTS_TYPE, {
      language: evaluateXPath.XPATH_3_1_LANGUAGE,
      currentContext,
      // The library's cache has no bound, and paths may come from requests.
      disableCache: true,
      namespaceResolver: (prefix) =>
        prefix === '' ? '' : Object.hasOwn(namespaces, prefix) ? namespaces[prefix]! : null,
    }) as readonly unknown[]
  } catch (error) {
    return new Failure('syntax-error', `\`${text}\` cannot be evaluated: ${reasonOf(error)}`)
  }
}

/** The engine's words without its suggestions, which name functions that are not for paths. */
function reasonOf(error: unknown): string {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split(/\n|\. Did you mean /, 1)
  return first.replace(/Q\{[^}]*\}/g, '')
}

function isNode(item: unknown): item is ContentNode {
  return typeof item === 'object' && item !== null && 'nodeType' in item
}
