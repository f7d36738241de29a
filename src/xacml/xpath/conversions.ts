/** The conversions of XPath 1.0 (sections 3.4, 3.5 and 4), as functions that the XPath engine can call. */
import fontoxpath from 'fontoxpath'
import { collapseWhiteSpace } from '../values/white-space.ts'

export const conversionNamespace = 'urn:portvakt:xpath-1.0'

/** One string, number or boolean, or the string values of nodes. */
type Values = readonly (string | number | boolean)[]

/** Section 4.4: digits and a point, perhaps a minus before and white space around; anything else is NaN. */
const numberOf = (text: string): number =>
  /^[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*$/.test(text) ? Number(text) : Number.NaN

/** Section 4.2: without exponent, zero without sign. */
function textOf(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e')
  if (exponent === undefined) return mantissa
  const sign = value < 0 ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  const shift = Number(exponent)
  // JavaScript writes an exponent below 1e-6 and from 1e21 on, where a double has no more than 17 digits.
  return shift < 0 ? `${sign}0.${'0'.repeat(-shift - 1)}${digits}` : sign + digits.padEnd(shift + 1, '0')
}

/** Of nodes, the first one counts. */
function toText([first = '']: Values): string {
  return typeof first === 'number' ? textOf(first) : String(first)
}

function toNumber(values: Values): number {
  return numbersOf(values)[0] ?? Number.NaN
}

const numbersOf = (values: Values): readonly number[] =>
  values.map((value) => (typeof value === 'string' ? numberOf(value) : Number(value)))

const textsOf = (values: Values): readonly string[] => values.map((value) => toText([value]))

type Kind = 'nodes' | 'value'

const toBoolean = (kind: Kind, values: Values): boolean =>
  kind === 'nodes' ? values.length > 0 : values[0] !== undefined && Boolean(values[0])

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

function holds<T extends string | number>(operator: Operator, a: T, b: T): boolean {
  switch (operator) {
    case '=':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}

const isBoolean = ([first]: Values): boolean => typeof first === 'boolean'
const isNumber = ([first]: Values): boolean => typeof first === 'number'

/** Section 3.4. Nodes compare if any of them does, except with a boolean; two values are put in order as numbers. */
function compare(operator: Operator, leftKind: Kind, rightKind: Kind, left: Values, right: Values): boolean {
  const isEquality = operator === '=' || operator === '!='
  const hasNodes = leftKind === 'nodes' || rightKind === 'nodes'
  if ((isBoolean(left) || isBoolean(right)) && (isEquality || hasNodes)) {
    return holds(operator, Number(toBoolean(leftKind, left)), Number(toBoolean(rightKind, right)))
  }
  if (isEquality && !isNumber(left) && !isNumber(right)) return someHold(operator, textsOf(left), textsOf(right))
  return someHold(operator, numbersOf(left), numbersOf(right))
}

const someHold = <T extends string | number>(operator: Operator, left: readonly T[], right: readonly T[]): boolean =>
  left.some((one) => right.some((other) => holds(operator, one, other)))

const sum = (values: Values): number => numbersOf(values).reduce((total, value) => total + value, 0)

/** Section 4.2: from the place `first`, counted from 1, `length` characters or all, both rounded; none where either is NaN. */
function substring(text: string, first: number, length?: number): string {
  const start = Math.round(first)
  const end = length === undefined ? Number.POSITIVE_INFINITY : start + Math.round(length)
  return [...text].filter((_, index) => index + 1 >= start && index + 1 < end).join('')
}

const register = (
  localName: string,
  takes: readonly string[],
  returns: string,
  call: (...args: never[]) => unknown,
): void => {
  const name = { namespaceURI: conversionNamespace, localName }
  fontoxpath.registerCustomXPathFunction(name, [...takes], returns, (_, ...args) => call(...(args as never[])))
}

register('compare', ['xs:string', 'xs:string', 'xs:string', 'item()*', 'item()*'], 'xs:boolean', compare)
register('string', ['item()*'], 'xs:string', toText)
register('number', ['item()*'], 'xs:double', toNumber)
register('sum', ['item()*'], 'xs:double', sum)
register('substring', ['xs:string', 'xs:double'], 'xs:string', substring)
register('substring', ['xs:string', 'xs:double', 'xs:double'], 'xs:string', substring)
register('normalize-space', ['xs:string'], 'xs:string', collapseWhiteSpace)
