/** Multiple decision profile 1.0: one request that asks many questions becomes that many requests. */
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { AttributeCategory, Request } from '../model/request.ts'
import { newWork } from '../work.ts'
import { expandContentSelector, isMultipleSelector } from './content-selector.ts'
import type { Hierarchy } from './context.ts'
import { expandScope, isScope } from './scope.ts'

export interface Question {
  /** Each category at most once. */
  readonly request: Request
  /** Why it cannot be asked: the answer to this one is Indeterminate, the others are answered. */
  readonly failure?: Failure
}

/**
 * In the profile's order: references to categories, repeated categories, scope, content selector. A failure instead of
 * the list when there would be more than the limit allows, or a bag is too large; the list is never empty otherwise.
 */
export function expandRequest(request: Request, limits: Limits, hierarchy?: Hierarchy): readonly Question[] | Failure {
  const oversized = findOversizedBag(request, limits)
  if (oversized !== undefined) return oversized
  if (asksOnce(request)) return [{ request }]
  const work = newWork(limits.steps)
  let questions: readonly Question[] = expandReferences(request)
  const steps: readonly ((request: Request) => readonly Question[] | Failure)[] = [
    (one) => expandRepeatedCategories(one, limits),
    (one) => expandScope(one, limits, hierarchy),
    (one) => expandContentSelector(one, limits, work),
  ]
  for (const step of steps) {
    const expanded: Question[] = []
    for (const question of questions) {
      const parts = question.failure === undefined ? step(question.request) : [question]
      if (parts instanceof Failure) return parts
      if (expanded.length + parts.length > limits.decisionsPerRequest) return tooMany()
      expanded.push(...parts)
    }
    questions = expanded
  }
  return questions
}

/** Nothing in it that any of the steps below looks for: the frequent kind. */
function asksOnce({ categories, references }: Request): boolean {
  if (references !== undefined) return false
  if (new Set(categories.map(({ category }) => category)).size < categories.length) return false
  return !categories.some(({ attributes }) => attributes.some(({ id }) => isScope(id) || isMultipleSelector(id)))
}

/**
 * Refused before any policy is asked: an error in the middle of a decision could make a Permit of it (permit-unless-deny),
 * and how many values a bag has is up to whoever sends the request.
 */
function findOversizedBag({ categories }: Request, { bagSize }: Limits): Failure | undefined {
  for (const { category, attributes } of categories) {
    const total = attributes.reduce((sum, { values }) => sum + values.length, 0)
    if (total <= bagSize) continue
    const counts = new Map<string, number>()
    for (const { id, values } of attributes) counts.set(id, (counts.get(id) ?? 0) + values.length)
    for (const [id, count] of counts) if (count > bagSize) return tooLarge(id, category)
  }
  return undefined
}

const tooLarge = (id: string, category: string) =>
  new Failure('processing-error', `\`${id}\` in category \`${category}\` has more values than the limit \`bagSize\``)

export function tooMany(): Failure {
  return new Failure('processing-error', 'the request asks for more decisions than `decisionsPerRequest` allows')
}

/** Section 2.4 of the profile: each reference lists the categories of one request. */
function expandReferences(request: Request): readonly Question[] {
  const { references, ...rest } = request
  if (references === undefined || references.length === 0) return [{ request: rest }]
  const byId = new Map(request.categories.flatMap((category) => (category.id ? [[category.id, category]] : [])))
  return references.map((ids) => {
    const dangling = ids.find((id) => !byId.has(id))
    const categories = ids.flatMap((id) => byId.get(id) ?? [])
    if (dangling === undefined) return { request: { ...rest, categories } }
    return {
      request: { ...rest, categories },
      failure: new Failure('syntax-error', `no category of the request has the id \`${dangling}\``),
    }
  })
}

/** Section 2.3: one of each category, in every combination; the last category turns fastest. */
function expandRepeatedCategories(request: Request, limits: Limits): readonly Question[] | Failure {
  const groups = new Map<string, AttributeCategory[]>()
  for (const category of request.categories) {
    const group = groups.get(category.category)
    if (group === undefined) groups.set(category.category, [category])
    else group.push(category)
  }
  const total = [...groups.values()].reduce((product, group) => product * group.length, 1)
  if (total > limits.decisionsPerRequest) return tooMany()
  let combinations: readonly (readonly AttributeCategory[])[] = [[]]
  for (const group of groups.values()) {
    combinations = combinations.flatMap((chosen) => group.map((category) => [...chosen, category]))
  }
  return combinations.map((categories) => ({ request: { ...request, categories } }))
}
