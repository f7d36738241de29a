/** Multiple decision profile, section 2.1: a `scope` attribute asks for a resource and those below it. */
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Attribute, AttributeCategory, Request } from '../model/request.ts'
import type { TypedValue, Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import type { Hierarchy } from './context.ts'
import { type Question, tooMany } from './multiple-decisions.ts'

const resourceCategory = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
const resourceId = 'urn:oasis:names:tc:xacml:1.0:resource:resource-id'
const scopeIds = ['urn:oasis:names:tc:xacml:2.0:resource:scope', 'urn:oasis:names:tc:xacml:1.0:resource:scope']

export const isScope = (id: string): boolean => scopeIds.includes(id)

/** `Immediate` and no scope at all ask for the one resource. `EntireHierarchy` is an older name of `Descendants`. */
export function expandScope(request: Request, limits: Limits, hierarchy?: Hierarchy): readonly Question[] | Failure {
  const resource = request.categories.find(({ category }) => category === resourceCategory)
  const scope = resource?.attributes.find(({ id }) => isScope(id))
  if (resource === undefined || scope === undefined) return [{ request }]
  const [only, ...more] = scope.values
  const refuse = (code: 'syntax-error' | 'processing-error', message: string): readonly Question[] => [
    { request, failure: new Failure(code, message) },
  ]
  if (only === undefined || more.length > 0) return refuse('syntax-error', 'the scope of a request is one value')
  if (only.value === 'Immediate') return [{ request: withoutScope(request, resource) }]
  if (only.value !== 'Children' && only.value !== 'Descendants' && only.value !== 'EntireHierarchy') {
    return refuse('syntax-error', `\`${String(only.value)}\` is not a scope; use Immediate, Children or Descendants`)
  }
  if (hierarchy === undefined)
    return refuse('processing-error', 'a scope needs a hierarchy of resources, and there is none')
  const root = resource.attributes.find(({ id }) => id === resourceId)?.values[0]
  if (root === undefined) return refuse('syntax-error', 'a scope needs a `resource-id`')
  const resources = findResources(root, only.value === 'Children', limits, hierarchy)
  if (resources instanceof Failure) return resources
  return resources.map((value) => ({ request: withResource(request, resource, value) }))
}

/** The resource itself, then those below it. A resource reached twice is asked about once. */
function findResources(
  root: TypedValue,
  childrenOnly: boolean,
  limits: Limits,
  hierarchy: Hierarchy,
): readonly TypedValue[] | Failure {
  const type = dataTypes.get(root.dataType)
  if (type === undefined) throw new Error(`a request holds a value of unknown type \`${root.dataType}\``)
  const found = new Map<unknown, Value>([[type.key(root.value), root.value]])
  // A Map keeps going over what is added while it is walked: breadth first.
  for (const resource of found.values()) {
    for (const child of hierarchy(resource)) found.set(type.key(child), found.get(type.key(child)) ?? child)
    if (found.size > limits.decisionsPerRequest) return tooMany()
    if (childrenOnly) break
  }
  return [...found.values()].map((value) => ({ dataType: root.dataType, value }))
}

function withoutScope(request: Request, resource: AttributeCategory): Request {
  return replace(request, resource, (attributes) => attributes)
}

function withResource(request: Request, resource: AttributeCategory, value: TypedValue): Request {
  return replace(request, resource, (attributes) =>
    attributes.map((attribute) => (attribute.id === resourceId ? { ...attribute, values: [value] } : attribute)),
  )
}

function replace(
  request: Request,
  resource: AttributeCategory,
  change: (attributes: readonly Attribute[]) => readonly Attribute[],
): Request {
  const attributes = change(resource.attributes.filter(({ id }) => !scopeIds.includes(id)))
  const categories = request.categories.map((category) =>
    category === resource ? { ...category, attributes } : category,
  )
  return { ...request, categories }
}
