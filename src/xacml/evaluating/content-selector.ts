/** Multiple decision profile, section 2.2: an attribute that selects nodes of the content asks about each of them. */
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Attribute, AttributeCategory, Request } from '../model/request.ts'
import { type XPathExpression, xpathExpression, xpathExpressionOf } from '../values/xpath-expression.ts'
import { stepsOfSize, takeStep, type Work } from '../work.ts'
import { readContent } from '../xpath/content.ts'
import { pathTo } from '../xpath/path-to.ts'
import { selectNodes } from '../xpath/select.ts'
import { type Question, tooMany } from './multiple-decisions.ts'

/** The profile's text and the suite's spelling differ: both are understood. */
const multipleSelectors = [
  'urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector',
  'urn:oasis:names:tc:xacml:3.0:multiple:content-selector',
]
const contentSelector = 'urn:oasis:names:tc:xacml:3.0:content-selector'

export const isMultipleSelector = (id: string): boolean => multipleSelectors.includes(id)

/**
 * Each request has the plain content selector instead, selecting one node; a request that selects none is in error. With
 * selectors in several categories, every node of the one is asked about with every node of the other.
 */
export function expandContentSelector(request: Request, limits: Limits, work: Work): readonly Question[] | Failure {
  let questions: readonly Question[] = [{ request }]
  for (const [place, { attributes }] of request.categories.entries()) {
    const selector = attributes.find(({ id }) => isMultipleSelector(id))
    if (selector === undefined) continue
    const expanded: Question[] = []
    for (const question of questions) {
      const category = question.request.categories[place]!
      const parts = question.failure ? [question] : expandIn(question.request, category, selector, limits, work)
      if (parts instanceof Failure) return parts
      if (expanded.length + parts.length > limits.decisionsPerRequest) return tooMany()
      expanded.push(...parts)
    }
    questions = expanded
  }
  return questions
}

function expandIn(
  request: Request,
  category: AttributeCategory,
  selector: Attribute,
  limits: Limits,
  work: Work,
): readonly Question[] | Failure {
  const refuse = (failure: Failure): readonly Question[] => [{ request, failure }]
  const [only, ...more] = selector.values
  if (only?.dataType !== xpathExpression.id || more.length > 0) {
    return refuse(new Failure('syntax-error', `\`${selector.id}\` is one xpathExpression`))
  }
  const { path, category: selected, namespaces, version } = only.value as XPathExpression
  const content = request.categories.find((one) => one.category === selected)?.content
  if (content === undefined) return refuse(new Failure('syntax-error', `category \`${selected}\` has no content`))
  const document = readContent(content, limits)
  if (document instanceof Failure) return refuse(document)
  const nodes = selectNodes(document, path, namespaces, { limits, work, version })
  if (nodes instanceof Failure) return refuse(nodes)
  if (nodes.length > limits.decisionsPerRequest) return tooMany()
  const exhausted = takeStep(work, stepsOfSize(nodes.length * document.nodes))
  if (exhausted !== undefined) return refuse(exhausted)
  if (nodes.length === 0) return refuse(new Failure('syntax-error', `\`${path}\` selects nothing in the content`))
  return nodes.map((node) => {
    const one = pathTo(node)
    const value = xpathExpressionOf(one.path, selected, one.namespaces)
    if (value === undefined) throw new Error('a node has no path')
    const attributes = category.attributes.map((attribute) =>
      attribute === selector
        ? { ...attribute, id: contentSelector, values: [{ dataType: xpathExpression.id, value }] }
        : attribute,
    )
    const categories = request.categories.map((each) => (each === category ? { ...each, attributes } : each))
    return { request: { ...request, categories } }
  })
}
