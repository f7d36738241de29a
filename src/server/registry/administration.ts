/** What the doors of the registries share: who writes, how a write is answered, and that it is answered only when it holds. */

import type { Sql } from '../../database/sql.ts'
import type { Handled } from '../../pipeline.ts'
import type { ProblemCode } from '../../problems.ts'
import { isProblemCode } from '../../problems.ts'
import {
  type Finding,
  type Precondition,
  parsePrecondition,
  printETag,
  type Refusal,
  type Result,
  type Writer,
} from '../../registry/index.ts'
import type { Decided, Grant, HandlerProblem, Malformed } from '../../steps.ts'
import type { Answer } from '../answer.ts'
import type { BodyBounds } from '../body.ts'
import type { DoorRequest } from '../door.ts'
import { done, failed } from '../route.ts'

export interface Administration {
  readonly sql: Sql
  readonly bounds: BodyBounds
  /** Bytes: the most that a resource may be configured to take, without and with approval for files that are not scanned. */
  readonly sizes: { readonly scanned: number; readonly absolute: number }
  /** Returns when this node answers by everything that has been written: a write is told only then. */
  catchUp(): Promise<void>
}

/** The rule of administration.xml that lets somebody write everybody's entries. */
const administrators = 'administrator'

/**
 * The caller's own organisation, whose entries it may write; an administrator only where that rule permitted. The registry
 * compares with the stored row once more, so a policy that permits too much still opens nobody else's entries.
 */
export function writerOf<M>(grant: Grant, { parts }: Decided<M>): Writer {
  if (parts.every(({ determining }) => determining.at(-1) === administrators)) return { kind: 'administrator' }
  const { organisation, kind } = grant.caller
  if (organisation === undefined || kind !== 'organisation')
    throw new Error('a write was permitted to a caller who is no organisation')
  return { kind: 'organisation', organisation }
}

/** HEAD reads like GET. */
export const readsOnly = ({ incoming }: DoorRequest): boolean => incoming.method === 'GET' || incoming.method === 'HEAD'

/** The conditions of a request; garbage is malformed. */
export function readPrecondition(request: DoorRequest): Precondition | Malformed {
  const precondition = parsePrecondition(request.header('if-match'), request.header('if-none-match'))
  return precondition ?? { code: 'PVK-00001', errors: { 'If-Match': ['The value is not a list of entity tags.'] } }
}

export const isMalformed = (read: Precondition | Malformed): read is Malformed => 'code' in read

/** Answers a write once this node holds to it. */
export async function written<T>(
  administration: Administration,
  grant: Grant,
  result: Result<T>,
  print: (value: T) => Answer,
): Promise<Handled<Answer>> {
  if (result.kind !== 'done') return failed(grant, problemOf(result))
  if (result.changed) await administration.catchUp()
  return done(print(result.value))
}

export const versionHeader = (version: number): Readonly<Record<string, string>> => ({ ETag: printETag(version) })

function problemOf(refusal: Refusal): HandlerProblem {
  switch (refusal.kind) {
    case 'not-found':
      return problem('PVK-00014', `The ${refusal.what} was not found`)
    case 'exists':
      return problem('PVK-00013', `The ${refusal.what} exists already`)
    case 'precondition-failed':
      return problem('PVK-00015', `The ${refusal.what} has another version now`)
    case 'not-owner':
      return problem('PVK-00017', `The ${refusal.what} belongs to another organisation`)
    case 'invalid':
      return problemOfFindings(refusal.findings)
  }
}

const problem = (code: ProblemCode, detail: string): HandlerProblem => ({ kind: 'problem', code, detail })

/** A finding with a code of its own is answered under it; the rest is a validation problem with a message per field. */
function problemOfFindings(findings: readonly Finding[]): HandlerProblem {
  const coded = findings.find(({ code }) => code !== undefined && isProblemCode(code))
  if (coded?.code !== undefined && isProblemCode(coded.code)) return { kind: 'problem', code: coded.code }
  const errors: Record<string, string[]> = {}
  for (const { field, message } of findings) {
    const key = field === '' ? '$' : field
    const messages = Object.hasOwn(errors, key) ? errors[key] : undefined
    if (messages === undefined) Object.defineProperty(errors, key, { value: [message], enumerable: true })
    else messages.push(message)
  }
  return { kind: 'problem', code: 'PVK-00001', errors }
}

/** Members by lower-case name: clients in the field spell them in any case. */
export function members(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]))
}
