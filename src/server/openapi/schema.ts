/** JSON Schema 2020-12 (OpenAPI 3.1, section 4.8.24): the words of it that this description uses, and how its schemas are built. */
import { recipientStatuses, transferStatuses } from '../../handle/transfer/status.ts'

/** A JSON Schema; the words that this document uses. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly enum?: readonly (string | number | null)[]
  readonly const?: string | number | boolean
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly default?: string | number | boolean
  readonly examples?: readonly unknown[]
  readonly contentMediaType?: string
}

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

export const text = (description?: string, more: Schema = {}): Schema => ({
  type: 'string',
  ...(description === undefined ? {} : { description }),
  ...more,
})
export const flag = (description?: string): Schema => ({
  type: 'boolean',
  ...(description === undefined ? {} : { description }),
})
export const whole = (description?: string, more: Schema = {}): Schema => ({
  type: 'integer',
  ...(description === undefined ? {} : { description }),
  ...more,
})
export const orNull = (schema: Schema): Schema => ({ ...schema, type: [String(schema.type), 'null'] })
export const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more })

/** Every property is always there, but for those that are named as optional. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
  description?: string,
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties,
    ...(required.length === 0 ? {} : { required }),
  }
}

export const uuid = (description?: string): Schema => text(description, { format: 'uuid' })
export const time = (description?: string): Schema => text(description, { format: 'date-time' })
export const organisation = text('Organisation number, nine digits.', { pattern: '^[0-9]{9}$' })
export const party = text('Organisation number with prefix: `0192:` or `urn:altinn:organization:identifier-no:`.', {
  pattern: '^(0192|urn:altinn:organization:identifier-no):[0-9]{9}$',
})
export const page = (items: Schema): Schema =>
  object({
    links: object({ next: orNull(text('Address of the next page; null on the last.')) }),
    data: list(items),
  })

export const transferStatus = text(undefined, { enum: transferStatuses })
export const recipientStatus = text(undefined, { enum: recipientStatuses })
