/** Reads the arguments of a command; refuses by name what it does not take. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest } from '../settings/nearest.ts'
import { UsageError } from './command.ts'

export type Options = NonNullable<ParseArgsConfig['options']>

type Read<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>>

/**
 * @param most positional arguments; what stands after them is refused
 * Throws `UsageError`.
 */
export function readArguments<const O extends Options>(argv: readonly string[], options: O, most = 0): Read<O> {
  const args = [...argv]
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true })
  const seen = new Set<string>()
  let positionals = 0
  for (const token of tokens) {
    if (token.kind === 'positional' && ++positionals > most) throw new UsageError(`unexpected \`${token.value}\``)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (option === undefined) throw new UsageError(`unknown option \`${token.rawName}\`${hint(token.name, options)}`)
    if (option.type === 'boolean' && token.value !== undefined)
      throw new UsageError(`\`${token.rawName}\` takes no value`)
    if (option.type === 'string') refuseMissing(token.rawName, token.value, token.inlineValue)
    if (option.multiple !== true && seen.has(token.name)) throw new UsageError(`\`${token.rawName}\` is given twice`)
    seen.add(token.name)
  }
  return parseArgs({ args, options, allowPositionals: true, strict: true })
}

/** Node would take the next option for the value. */
function refuseMissing(name: string, value: string | undefined, isInline: boolean | undefined): void {
  if (value === undefined || value === '') throw new UsageError(`\`${name}\` needs a value`)
  if (isInline !== true && value.startsWith('-') && value.length > 1)
    throw new UsageError(
      `\`${name}\` needs a value; \`${value}\` is an option (write \`${name}=${value}\` if it is meant)`,
    )
}

function hint(name: string, options: Options): string {
  const near = nearest(name, [...Object.keys(options), 'help'])
  return near === undefined ? '' : `; did you mean \`--${near}\`?`
}

/** One of a closed list, whatever its case. Throws `UsageError` that names them all. */
export function oneOf<const T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((one) => one.toLowerCase() === given.toLowerCase())
  if (found !== undefined) return found
  throw new UsageError(`\`${option}\` is \`${given}\`; expected one of ${known.map((one) => `\`${one}\``).join(', ')}`)
}

/** Throws `UsageError`. */
export function wholeNumber(option: string, given: string, least: number, most: number): number {
  const number = Number(given)
  if (/^\d{1,16}$/.test(given) && number >= least && number <= most) return number
  throw new UsageError(`\`${option}\` is \`${given}\`; expected a whole number from ${least} to ${most}`)
}
