/** The request context: XACML 3.0 core, sections 5.42 to 5.46, and the multiple decision profile. */
import type { Namespaces } from './policy.ts'
import type { TypedValue } from './value.ts'

export interface Request {
  readonly returnPolicyIdList: boolean
  readonly combinedDecision: boolean
  /** RequestDefaults/XPathVersion. */
  readonly xpathVersion?: string
  /** In request order. A category that occurs twice is a multiple decision request. */
  readonly categories: readonly AttributeCategory[]
  /** MultiRequests: each reference lists the xml:id (JSON: Id) of the categories that make up one request. */
  readonly references?: readonly (readonly string[])[]
}

/** One `<Attributes>` element. */
export interface AttributeCategory {
  readonly category: string
  readonly id?: string
  readonly content?: Content
  readonly attributes: readonly Attribute[]
}

/** One `<Attribute>`: its values share id and issuer; their data types may differ. */
export interface Attribute {
  readonly id: string
  readonly issuer?: string
  readonly includeInResult: boolean
  readonly values: readonly TypedValue[]
}

/** The XML inside `<Content>`: the text of its one child element, complete with the namespaces it inherits. */
export interface Content {
  readonly xml: string
  readonly namespaces: Namespaces
}
