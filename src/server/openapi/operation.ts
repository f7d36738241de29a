/** How an endpoint is described: what its row in a door's table does not say. */
import type { ProblemCode } from '../../problems.ts'
import { ref, type Schema } from './schema.ts'

/** The description of one endpoint. */
export interface Description {
  /** Under which heading it is shown. */
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** One of these must be in the token, as `policies/gateway.xml` comes; absent: a token is not needed. */
  readonly scopes?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly body?: Body
  /** Answers that are not problems, by status. */
  readonly answers: Readonly<Record<number, AnswerDescription>>
  /** Beside those that every decided endpoint has. */
  readonly problems?: readonly ProblemCode[]
}

export interface Parameter {
  readonly in: 'query' | 'header'
  readonly name: string
  readonly description: string
  readonly schema: Schema
  readonly required?: true
}

export interface Body {
  readonly mediaType: string
  readonly schema: Schema
  readonly required: boolean
}

export interface AnswerDescription {
  readonly description: string
  readonly mediaType?: string
  readonly schema?: Schema
  readonly headers?: Readonly<Record<string, string>>
}

export const jsonBody = (schema: string): Body => ({
  mediaType: 'application/json',
  schema: ref(schema),
  required: true,
})

export const json = (
  description: string,
  schema: string,
  headers?: Readonly<Record<string, string>>,
): AnswerDescription => ({
  description,
  mediaType: 'application/json',
  schema: ref(schema),
  ...(headers === undefined ? {} : { headers }),
})

export const nothing = (description: string, headers?: Readonly<Record<string, string>>): AnswerDescription => ({
  description,
  ...(headers === undefined ? {} : { headers }),
})

export const query = (name: string, description: string, schema: Schema = { type: 'string' }): Parameter => ({
  in: 'query',
  name,
  description,
  schema,
})

/** Writes may be conditional (RFC 9110, section 13.1); the versions are those of the ETag header. */
export const conditions: readonly Parameter[] = [
  {
    in: 'header',
    name: 'If-Match',
    description: 'Act only while the entry has this version.',
    schema: { type: 'string' },
  },
  {
    in: 'header',
    name: 'If-None-Match',
    description: '`*`: act only when there is no entry yet.',
    schema: { type: 'string' },
  },
]

export const versioned = { ETag: 'Version of the entry.' } as const
