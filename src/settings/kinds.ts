/** The kinds of value a setting can have. Each reads the text of an environment variable and the value of a JSON file alike. */
import { isAbsolute, resolve } from 'node:path'
import * as z from 'zod'
import { secret } from './secret.ts'

/** What the table in the README, and an error, say about a setting. */
export interface About {
  /** What it does; one or two sentences. */
  readonly about: string
  /** The values it takes, as an error puts it: "expected …". */
  readonly expected: string
  /** What holds when it is not set, where that is not a fixed value. */
  readonly otherwise?: string
  readonly unit?: string
  /** Its value is never printed. */
  readonly isSecret?: true
  /** Plain names that are understood beside `PORTVAKT_…`. */
  readonly alias?: string
}

type Describe = Omit<About, 'expected'>

export function wholeNumber(fallback: number, range: { min: number; max: number }, about: Describe) {
  return z
    .preprocess(numberFromText, z.number().int().min(range.min).max(range.max))
    .default(fallback)
    .meta({ ...about, expected: `a whole number from ${range.min} to ${range.max}` })
}

export function onOff(fallback: boolean, about: Describe) {
  return z
    .preprocess(switchFromText, z.boolean())
    .default(fallback)
    .meta({ ...about, expected: onOffExpected })
}

/** On, off, or left to what else is set. */
export function optionalOnOff(about: Describe) {
  return z.preprocess(switchFromText, z.boolean().optional()).meta({ ...about, expected: onOffExpected })
}

const onOffExpected = '`true` or `false`'

export function text(fallback: string, about: Describe) {
  return z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .default(fallback)
    .meta({ ...about, expected: 'a text that is not empty' })
}

export function optionalFolder(about: Describe) {
  return z
    .string()
    .min(1)
    .max(4000)
    .refine((path) => !path.includes('\0'))
    .optional()
    .meta({ ...about, expected: 'the path of a folder' })
}

/** An address with a password in it. */
export function optionalSecretUrl(protocols: readonly string[], about: Omit<Describe, 'isSecret'>) {
  return z
    .string()
    .max(4000)
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol))
    .transform(secret)
    .optional()
    .meta({
      ...about,
      isSecret: true,
      expected: `an address that begins with ${protocols.map((p) => `\`${p}//\``).join(' or ')}`,
    })
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T, fallback: T[number], about: Describe) {
  return z
    .enum(values)
    .default(() => fallback)
    .meta({ ...about, expected: `one of ${values.map((value) => `\`${value}\``).join(', ')}` })
}

/** In the environment: values between commas. */
export function listOf(item: z.ZodType<string>, expected: string, about: Describe) {
  return z
    .preprocess(listFromText, z.array(item).max(1000))
    .default([])
    .meta({ ...about, expected })
}

/** In the environment: JSON. */
export function listOfObjects<T extends z.ZodType>(item: T, expected: string, about: Describe) {
  return z
    .preprocess(jsonFromText, z.array(item).max(100))
    .default([])
    .meta({ ...about, expected })
}

export function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : resolve(folder, path)
}

function numberFromText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const digits = value.trim().replaceAll('_', '')
  return /^-?\d{1,16}$/.test(digits) ? Number(digits) : value
}

function switchFromText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const word = value.trim().toLowerCase()
  if (['true', 'on', 'yes', '1'].includes(word)) return true
  if (['false', 'off', 'no', '0'].includes(word)) return false
  return value
}

function listFromText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function jsonFromText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
