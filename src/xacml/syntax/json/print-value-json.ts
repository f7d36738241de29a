/** Values, attributes and categories as JSON: profile 1.1, sections 3.3 and 4.2. */
import type { Attribute, AttributeCategory } from '../../model/request.ts'
import type { TypedValue } from '../../model/value.ts'
import { boolean } from '../../values/boolean.ts'
import { double } from '../../values/double.ts'
import { integer } from '../../values/integer.ts'
import { isXPath, printText } from '../print-value.ts'

/** What `JSON.stringify` is given. Absent members are undefined, which it leaves out. */
export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json | undefined }

/**
 * `profile` writes JSON types where they fit; `altinn` writes every value as a string, one attribute object for each,
 * as clients of Altinn's API are typed.
 */
export type JsonStyle = 'profile' | 'altinn'

/** Numbers that a double cannot hold exactly, and those that JSON has no word for, stay XACML text in a string. */
export function jsonValue(typed: TypedValue, style: JsonStyle): Json {
  if (isXPath(typed)) {
    const { category, namespaces, path } = typed.value
    const declared = Object.keys(namespaces).map((prefix) => ({ Prefix: prefix, Namespace: namespaces[prefix] }))
    return { XPathCategory: category, ...(declared.length > 0 ? { Namespaces: declared } : {}), XPath: path }
  }
  const { dataType, value } = typed
  if (style === 'profile') {
    if (dataType === boolean.id) return value as boolean
    if (dataType === integer.id && Number.isSafeInteger(Number(value))) return Number(value)
    if (dataType === double.id && Number.isFinite(value) && !Object.is(value, -0)) return value as number
  }
  return printText(typed)
}

export function jsonCategory(category: AttributeCategory, style: JsonStyle): Json {
  return {
    CategoryId: category.category,
    Id: category.id,
    Content: category.content?.xml,
    Attribute: category.attributes.flatMap((attribute) => jsonAttributes(attribute, style)),
  }
}

/** One object has one data type, so an attribute whose values differ in type becomes several. */
function jsonAttributes(attribute: Attribute, style: JsonStyle): readonly Json[] {
  const groups: TypedValue[][] = []
  for (const value of attribute.values) {
    const last = groups.at(-1)
    if (style === 'profile' && last?.[0]?.dataType === value.dataType) last.push(value)
    else groups.push([value])
  }
  if (groups.length === 0) groups.push([])
  return groups.map((values) => {
    const [first] = values
    return {
      AttributeId: attribute.id,
      Issuer: attribute.issuer,
      DataType: first?.dataType,
      IncludeInResult: attribute.includeInResult ? true : undefined,
      Value:
        first !== undefined && values.length === 1
          ? jsonValue(first, style)
          : values.map((value) => jsonValue(value, style)),
    }
  })
}
