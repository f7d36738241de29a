/**
 * Holds JSON against the schemas of our own API description: the words of JSON Schema that it uses, and one rule more: an
 * object with named members may have no others, so that an answer cannot outgrow its description.
 */
import type { Schema } from '../../src/server/openapi/schema.ts'

const words = new Set([
  '$ref',
  'type',
  'description',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
  'default',
  'examples',
  'contentMediaType',
])

/** Every difference, as `path: what is wrong`. */
export function differences(
  value: unknown,
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  path = '$',
): readonly string[] {
  const strange = Object.keys(schema).filter((word) => !words.has(word))
  if (strange.length > 0) throw new Error(`${path}: the word \`${strange[0]}\` is not understood here`)
  if (schema.$ref !== undefined) return differences(value, follow(schema.$ref, schemas), schemas, path)
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((one) => differences(value, one, schemas, path))
    return each.some((found) => found.length === 0) ? [] : each.flat()
  }
  const types = schema.type === undefined ? undefined : [schema.type].flat()
  if (
    types !== undefined &&
    !types.includes(typeOf(value)) &&
    !(types.includes('number') && typeOf(value) === 'integer')
  )
    return [`${path}: ${typeOf(value)} instead of ${types.join(' or ')}`]
  return [...scalarDifferences(value, schema, path), ...memberDifferences(value, schema, schemas, path)]
}

export function follow(reference: string, schemas: Readonly<Record<string, Schema>>): Schema {
  const found = schemas[reference.replace('#/components/schemas/', '')]
  if (found === undefined) throw new Error(`\`${reference}\` leads nowhere`)
  return found
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}

const formats: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  uri: /^https?:\/\/\S+$/,
}

function scalarDifferences(value: unknown, schema: Schema, path: string): readonly string[] {
  const found: string[] = []
  const say = (wrong: boolean, what: string) => void (wrong && found.push(`${path}: \`${String(value)}\` ${what}`))
  say(schema.enum !== undefined && value !== null && !schema.enum.includes(value as string), 'is not in the list')
  say(schema.const !== undefined && value !== schema.const, `is not \`${schema.const}\``)
  if (typeof value === 'string') {
    say(
      schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value),
      `does not match ${schema.pattern}`,
    )
    say(schema.format !== undefined && formats[schema.format]?.test(value) !== true, `is no ${schema.format}`)
    say(
      value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? value.length),
      'has another length',
    )
  }
  if (typeof value === 'number')
    say(value < (schema.minimum ?? value) || value > (schema.maximum ?? value), 'is out of bounds')
  return found
}

function memberDifferences(
  value: unknown,
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  path: string,
): readonly string[] {
  if (Array.isArray(value)) {
    const { items = {}, minItems = 0, maxItems = value.length } = schema
    const count = value.length < minItems || value.length > maxItems ? [`${path}: ${value.length} items`] : []
    return [...count, ...value.flatMap((item, index) => differences(item, items, schemas, `${path}[${index}]`))]
  }
  if (typeof value !== 'object' || value === null) return []
  const { properties = {}, required = [], additionalProperties: others = schema.properties === undefined } = schema
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}: no \`${name}\``)
  const members = Object.entries(value).flatMap(([name, member]) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : others
    if (own === false || own === undefined) return [`${path}: \`${name}\` is not described`]
    return own === true ? [] : differences(member, own, schemas, `${path}.${name}`)
  })
  return [...missing, ...members]
}
