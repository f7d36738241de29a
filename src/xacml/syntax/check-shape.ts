/** Compares a tree with the schema table and says everything that is wrong with it, in document order. */
import type { Problem } from '../problems.ts'
import { type Shape, type SimpleType, type Slot, shapes, xacmlNamespace } from './schema.ts'
import { collapse, isBlank, unprefixedName } from './xml/characters.ts'
import { type XmlAttribute, type XmlElement, xmlNamespace } from './xml/element.ts'

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'

/** More findings than this say nothing new about one document. */
const mostProblems = 100

interface Check {
  readonly problems: Problem[]
  readonly ids: Set<string>
}

/** Checks the root, which must be one of `roots`, and everything in it. An empty answer means that the schema holds. */
export function checkShape(root: XmlElement, roots: readonly string[]): readonly Problem[] {
  const check: Check = { problems: [], ids: new Set() }
  const shape = root.namespace === xacmlNamespace && roots.includes(root.name) ? shapes.get(root.name) : undefined
  if (shape === undefined) report(check, root, 'XACML-WRONG-ROOT', wrongRoot(root, roots))
  else checkElement(check, root, shape)
  return check.problems
}

function wrongRoot(root: XmlElement, roots: readonly string[]): string {
  const wanted = roots.map((name) => `\`${name}\``).join(' or ')
  const found = root.namespace === '' ? 'no namespace' : `namespace \`${root.namespace}\``
  return `the root is \`${root.name}\` in ${found}: ${wanted} in namespace \`${xacmlNamespace}\` is needed`
}

function report(check: Check, element: XmlElement, code: string, message: string): void {
  if (check.problems.length < mostProblems) check.problems.push({ code, severity: 'error', message, at: element.at })
}

function checkElement(check: Check, element: XmlElement, shape: Shape): void {
  checkAttributes(check, element, shape)
  const { content } = shape
  switch (content.kind) {
    case 'empty':
      checkEmpty(check, element)
      break
    case 'text':
      checkText(check, element, content.type)
      break
    case 'sequence':
      checkNoText(check, element)
      checkSequence(check, element, content.slots)
      break
    case 'any':
      checkAny(check, element, content)
  }
}

function checkAttributes(check: Check, element: XmlElement, shape: Shape): void {
  for (const [name, type] of shape.required) {
    const attribute = element.attributes.find((candidate) => candidate.name === name && candidate.namespace === '')
    if (attribute === undefined) {
      report(check, element, 'XACML-MISSING-ATTRIBUTE', `\`${element.name}\` needs the attribute \`${name}\``)
    } else checkAttributeValue(check, element, attribute, type)
  }
  if (
    element.attributes.length === shape.required.length &&
    shape.optional.length === 0 &&
    check.problems.length === 0
  ) {
    return
  }
  for (const attribute of element.attributes) checkOptional(check, element, attribute, shape)
}

function checkOptional(check: Check, element: XmlElement, attribute: XmlAttribute, shape: Shape): void {
  const { name, namespace } = attribute
  if (namespace === '') {
    if (shape.required.some(([known]) => known === name)) return
    const optional = shape.optional.find(([known]) => known === name)
    if (optional !== undefined) {
      checkAttributeValue(check, element, attribute, optional[1])
      return
    }
  }
  if (namespace === xmlNamespace && name === 'id' && (shape.id || shape.anyAttribute)) {
    checkId(check, element, attribute.value)
    return
  }
  if (shape.anyAttribute && namespace !== schemaInstance) return
  // `xsi:type` and `xsi:nil` would replace the rules of this table, so only the harmless two are let through.
  if (namespace === schemaInstance && (name === 'schemaLocation' || name === 'noNamespaceSchemaLocation')) return
  const prefixed = attribute.prefix === '' ? name : `${attribute.prefix}:${name}`
  report(check, element, 'XACML-UNKNOWN-ATTRIBUTE', `\`${element.name}\` has no attribute \`${prefixed}\``)
}

function checkId(check: Check, element: XmlElement, id: string): void {
  if (!unprefixedName.test(id)) {
    report(
      check,
      element,
      'XACML-BAD-ATTRIBUTE',
      `\`xml:id\` must be an XML name without a colon, not \`${shown(id)}\``,
    )
  } else if (check.ids.has(id)) {
    report(check, element, 'XACML-DUPLICATE-XML-ID', `\`xml:id\` \`${shown(id)}\` stands on two elements`)
  } else check.ids.add(id)
}

function checkAttributeValue(check: Check, element: XmlElement, attribute: XmlAttribute, type: SimpleType): void {
  if (isOfType(attribute.value, type)) return
  const message = `\`${attribute.name}\` of \`${element.name}\` must be ${wanted[type]}, not \`${shown(attribute.value)}\``
  report(check, element, 'XACML-BAD-ATTRIBUTE', message)
}

const wanted: Readonly<Record<SimpleType, string>> = {
  anyURI: 'a URI',
  string: 'text',
  boolean: '`true` or `false`',
  integer: 'a whole number',
  Effect: '`Permit` or `Deny`',
  Decision: '`Permit`, `Deny`, `NotApplicable` or `Indeterminate`',
  Version: 'numbers separated by dots',
  VersionMatch: 'numbers or `*` separated by dots, perhaps with `+` at the end',
  IDREF: 'an XML name without a colon',
}

/** White space is collapsed where the type says so; `Effect`, `Decision` and versions restrict string and keep it. */
function isOfType(value: string, type: SimpleType): boolean {
  switch (type) {
    case 'anyURI':
    case 'string':
      return true
    case 'boolean':
      return /^(?:true|false|1|0)$/.test(collapse(value))
    case 'integer':
      return /^[+-]?[0-9]+$/.test(collapse(value))
    case 'Effect':
      return value === 'Permit' || value === 'Deny'
    case 'Decision':
      return value === 'Permit' || value === 'Deny' || value === 'NotApplicable' || value === 'Indeterminate'
    case 'Version':
      return /^[0-9]+(?:\.[0-9]+)*$/.test(value)
    case 'VersionMatch':
      return /^(?:(?:[0-9]+|\*)\.)*(?:[0-9]+|\*|\+)$/.test(value)
    case 'IDREF':
      return unprefixedName.test(collapse(value))
  }
}

function checkEmpty(check: Check, element: XmlElement): void {
  if (element.content.length > 0) {
    report(check, element, 'XACML-UNEXPECTED-CONTENT', `\`${element.name}\` must be empty, without white space too`)
  }
}

function checkText(check: Check, element: XmlElement, type: SimpleType): void {
  for (const child of element.children) unexpected(check, element, child)
  if (element.children.length > 0 || isOfType(element.text, type)) return
  const message = `\`${element.name}\` must be ${wanted[type]}, not \`${shown(element.text)}\``
  report(check, element, 'XACML-BAD-TEXT', message)
}

function checkNoText(check: Check, element: XmlElement): void {
  if (isBlank(element.text)) return
  const message = `\`${element.name}\` holds elements only, not the text \`${shown(collapse(element.text))}\``
  report(check, element, 'XACML-UNEXPECTED-CONTENT', message)
}

function unexpected(check: Check, parent: XmlElement, child: XmlElement): void {
  const where = child.namespace === xacmlNamespace ? '' : ` of namespace \`${child.namespace}\``
  report(check, child, 'XACML-UNEXPECTED-ELEMENT', `\`${child.name}\`${where} is not allowed in \`${parent.name}\``)
}

/** The schema is unambiguous: each child can only belong to the current place in the sequence or a later one. */
function checkSequence(check: Check, parent: XmlElement, slots: readonly Slot[]): void {
  let place = 0
  let taken = 0
  for (const child of parent.children) {
    const next = child.namespace === xacmlNamespace ? nextPlace(slots, place, taken, child.name) : -1
    if (next < 0) misplaced(check, parent, child, slots)
    else {
      for (let passed = place; passed < next; passed++)
        missing(check, parent, slots[passed], passed === place ? taken : 0)
      taken = next === place ? taken + 1 : 1
      place = next
    }
    const shape = child.namespace === xacmlNamespace ? shapes.get(child.name) : undefined
    if (shape !== undefined) checkElement(check, child, shape)
  }
  for (let left = place; left < slots.length; left++) missing(check, parent, slots[left], left === place ? taken : 0)
}

function nextPlace(slots: readonly Slot[], from: number, taken: number, name: string): number {
  for (let place = from; place < slots.length; place++) {
    const slot = slots[place]
    if (slot?.names.includes(name) && (place > from || taken < slot.atMost)) return place
  }
  return -1
}

function missing(check: Check, parent: XmlElement, slot: Slot | undefined, taken: number): void {
  if (slot === undefined || taken >= slot.atLeast) return
  const names = slot.names.map((name) => `\`${name}\``).join(' or ')
  report(check, parent, 'XACML-MISSING-ELEMENT', `\`${parent.name}\` needs ${names} at its place in the order`)
}

function misplaced(check: Check, parent: XmlElement, child: XmlElement, slots: readonly Slot[]): void {
  const known = child.namespace === xacmlNamespace && slots.some((slot) => slot.names.includes(child.name))
  if (!known) {
    unexpected(check, parent, child)
    return
  }
  const order = slots.map((slot) => slot.names.join(' | ')).join(', ')
  const message = `\`${child.name}\` stands twice or out of order in \`${parent.name}\`: the order is ${order}`
  report(check, child, 'XACML-UNEXPECTED-ELEMENT', message)
}

function checkAny(
  check: Check,
  element: XmlElement,
  rule: { readonly mixed: boolean; readonly atLeast: number; readonly atMost: number },
): void {
  if (!rule.mixed) checkNoText(check, element)
  if (element.children.length < rule.atLeast) {
    report(check, element, 'XACML-MISSING-ELEMENT', `\`${element.name}\` needs one element inside`)
  }
  const tooMany = element.children[rule.atMost]
  if (tooMany !== undefined) unexpected(check, element, tooMany)
  for (const child of element.children) checkLax(check, child)
}

/** `processContents="lax"`: what XACML declares is checked wherever it stands, the rest is let through. */
function checkLax(check: Check, element: XmlElement): void {
  const shape = element.namespace === xacmlNamespace ? shapes.get(element.name) : undefined
  if (shape !== undefined) {
    checkElement(check, element, shape)
    return
  }
  for (const attribute of element.attributes) {
    if (attribute.namespace === xmlNamespace && attribute.name === 'id') checkId(check, element, attribute.value)
  }
  for (const child of element.children) checkLax(check, child)
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
