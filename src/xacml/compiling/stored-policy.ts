/**
 * A policy as text that is several times faster to read than its XML: every string once, every object as its values.
 * The XML stays the document of record; this is a copy for starting up, and may be thrown away.
 */
import type { Policy, PolicySet } from '../model/policy.ts'

/** Raised whenever the model or this form changes: what was stored under another number is not read. */
const formVersion = 2

/** Numbers in the place of a shape: what else a list may be. */
const LIST = -1
const POSITION = -2
const NUMBER = -3

type Stored = number | boolean | readonly Stored[]
type Plain = string | number | boolean | readonly Plain[] | { readonly [name: string]: Plain | undefined }

/** Keeps everything, positions included. */
export function storePolicy(policy: Policy | PolicySet): string {
  const strings = numbering<string>()
  const shapes = numbering<string>()

  const store = (value: Plain): Stored => {
    if (typeof value === 'string') return strings.numberOf(value)
    if (typeof value === 'number') return [NUMBER, value]
    if (typeof value === 'boolean') return value
    if (isList(value)) return [LIST, ...value.map(store)]
    const members = Object.entries(value).filter((member): member is [string, Plain] => member[1] !== undefined)
    const [line, column] = members
    if (line?.[0] === 'line' && column?.[0] === 'column') return [POSITION, line[1] as number, column[1] as number]
    const shape = JSON.stringify(members.map(([name]) => name))
    return [shapes.numberOf(shape), ...members.map(([, member]) => store(member))]
  }

  const root = store(policy as unknown as Plain)
  return JSON.stringify([formVersion, strings.all, shapes.all.map((shape) => JSON.parse(shape) as string[]), root])
}

/** Undefined when the text was stored by another version: read the XML again. For text that this program stored only. */
export function restorePolicy(text: string): Policy | PolicySet | undefined {
  const [version, strings, shapes, root] = JSON.parse(text) as [number, string[], string[][], Stored]
  if (version !== formVersion) return undefined

  const restore = (stored: Stored): Plain => {
    if (typeof stored === 'number') return strings[stored]!
    if (typeof stored === 'boolean') return stored
    const kind = stored[0] as number
    if (kind >= 0) return restoreObject(shapes[kind]!, stored)
    if (kind === POSITION) return { line: stored[1] as number, column: stored[2] as number }
    return kind === NUMBER ? (stored[1] as number) : restoreList(stored)
  }
  const restoreObject = (names: readonly string[], stored: readonly Stored[]): Plain => {
    const object: Record<string, Plain> = {}
    for (let i = 0; i < names.length; i++) object[names[i]!] = restore(stored[i + 1]!)
    return object
  }
  const restoreList = (stored: readonly Stored[]): Plain => {
    const list: Plain[] = []
    for (let i = 1; i < stored.length; i++) list.push(restore(stored[i]!))
    return list
  }

  return restore(root) as unknown as Policy | PolicySet
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value)

function numbering<T>(): { readonly all: readonly T[]; readonly numberOf: (item: T) => number } {
  const all: T[] = []
  const numbers = new Map<T, number>()
  const numberOf = (item: T): number => {
    const known = numbers.get(item)
    if (known !== undefined) return known
    numbers.set(item, all.length)
    return all.push(item) - 1
  }
  return { all, numberOf }
}
