/** What a registry answers: what was done, or why it was not. Refusals are values; only bugs and lost databases throw. */

export interface Done<T> {
  readonly kind: 'done'
  readonly value: T
  /** False when everything was so already: nothing was written, no change was announced. */
  readonly changed: boolean
  /** The change that this write made; without one, the last change at the time. */
  readonly epoch: number
}

/** One thing that is wrong with what was given. */
export interface Finding {
  /** Where, as a path of JSON: `title.nb`, `members.3`. */
  readonly field: string
  /** Lower case, no full stop. */
  readonly message: string
  /** A code of the broker's error table, where it has one (`BRO-00014`). */
  readonly code?: string
}

export type Refusal =
  | { readonly kind: 'not-found'; readonly what: string }
  | { readonly kind: 'exists'; readonly what: string }
  /** `version` is that of what is there; absent when nothing is. */
  | { readonly kind: 'precondition-failed'; readonly what: string; readonly version?: number }
  | { readonly kind: 'not-owner'; readonly what: string }
  | { readonly kind: 'invalid'; readonly findings: readonly [Finding, ...Finding[]] }

export type Result<T> = Done<T> | Refusal

export function notFound(what: string): Refusal {
  return { kind: 'not-found', what }
}

export function exists(what: string): Refusal {
  return { kind: 'exists', what }
}

export function notOwner(what: string): Refusal {
  return { kind: 'not-owner', what }
}

export function invalid(field: string, message: string, code?: string): Refusal {
  return { kind: 'invalid', findings: [code === undefined ? { field, message } : { field, message, code }] }
}

export function invalidIf(findings: readonly Finding[]): Refusal | undefined {
  const [first, ...rest] = findings
  return first === undefined ? undefined : { kind: 'invalid', findings: [first, ...rest] }
}

/**
 * Who writes. Whether they may is the policy's business; the registry holds one rule of its own, because it alone knows
 * the stored row: what an organisation owns, only that organisation changes.
 */
export type Writer =
  | { readonly kind: 'organisation'; readonly organisation: string }
  /** The policy has let them write everybody's entries. */
  | { readonly kind: 'administrator' }

export function owns(writer: Writer, organisation: string): boolean {
  return writer.kind === 'administrator' || writer.organisation === organisation
}
