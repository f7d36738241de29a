/**
 * Bounds on everything a policy or a request can make the engine do. Each is a setting; whatever goes beyond one is told
 * so in a problem or a failure that names the setting.
 */
export interface Limits {
  /** Characters of a policy document. */
  readonly policyCharacters: number
  /** Characters of a request document. */
  readonly requestCharacters: number
  /** Nesting of XML elements or JSON values. */
  readonly documentDepth: number
  /** Namespaces in scope, added up over the elements of a document that declare any: each of those holds a list of its own. */
  readonly namespacesInScope: number
  /** Policy sets inside policy sets, references followed. */
  readonly policyDepth: number
  /** Apply inside Apply, variables followed. */
  readonly expressionDepth: number
  /** Rules, policies and policy sets in one document. */
  readonly policyElements: number
  /** Values in one bag, including bags that functions make. */
  readonly bagSize: number
  /** Characters of a regular expression, whether from a policy or a request. */
  readonly patternCharacters: number
  /** Characters of a value that a regular expression is matched against. */
  readonly patternInputCharacters: number
  /** Decisions that one request may expand into (multiple decision profile). */
  readonly decisionsPerRequest: number
  /** Elementary steps of one decision (function calls on values, more for long values), and of checking one policy. */
  readonly steps: number
  /** Elementary steps of all the decisions that one request asks for. */
  readonly stepsPerRequest: number
  /** Requests that access-permitted may make in one decision. */
  readonly nestedRequests: number
  /** Requests of access-permitted inside each other: each may take as much of the stack as a whole decision. */
  readonly nestedRequestDepth: number
}

export const defaultLimits: Limits = {
  policyCharacters: 1_048_576,
  requestCharacters: 1_048_576,
  documentDepth: 100,
  namespacesInScope: 250_000,
  policyDepth: 32,
  expressionDepth: 64,
  policyElements: 20_000,
  bagSize: 10_000,
  patternCharacters: 1_000,
  patternInputCharacters: 10_000,
  decisionsPerRequest: 1_000,
  steps: 1_000_000,
  stepsPerRequest: 2_000_000,
  nestedRequests: 100,
  nestedRequestDepth: 3,
}
