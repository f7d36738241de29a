/** Policies and requests from files, for the commands that work on them without a server. */
import { readFile } from 'node:fs/promises'
import {
  checkPolicy,
  defaultLimits,
  type Outcome,
  type Policy,
  type PolicySet,
  type Problem,
  parsePolicy,
  parseRequestJson,
  parseRequestXml,
  type Request,
} from '../xacml/index.ts'
import { InputError } from './command.ts'
import { visibleLine } from './visible.ts'

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new InputError(`\`${file}\` cannot be read: ${whyNot(error)}`)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this account may not',
  EISDIR: 'it is a folder',
}

function whyNot(error: unknown): string {
  const code = String((error as NodeJS.ErrnoException).code)
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

/** A policy that can be evaluated, or what is wrong with it. */
export async function readPolicy(file: string): Promise<Outcome<Policy | PolicySet>> {
  const parsed = parsePolicy(await readText(file), defaultLimits)
  if (!parsed.ok) return parsed
  const [first, ...rest] = checkPolicy(parsed.value, { limits: defaultLimits }).filter(isError)
  return first === undefined ? parsed : { ok: false, problems: [first, ...rest] }
}

/** As `readPolicy`, where a policy with errors ends the command. */
export async function readSoundPolicy(file: string): Promise<Policy | PolicySet> {
  const read = await readPolicy(file)
  if (!read.ok) throw new InputError(read.problems.map((problem) => problemLine(file, problem)).join('\n'))
  return read.value
}

/** JSON or XML, by its first character that is no white space. */
export async function readRequest(file: string): Promise<Request> {
  const text = await readText(file)
  const parse = text.trimStart().startsWith('<') ? parseRequestXml : parseRequestJson
  const parsed = parse(text, defaultLimits)
  if (!parsed.ok) throw new InputError(parsed.problems.map((problem) => problemLine(file, problem)).join('\n'))
  return parsed.value
}

export const isError = ({ severity }: Problem): boolean => severity === 'error'

export function problemLine(file: string, { at, severity, code, message }: Problem): string {
  const place = at === undefined ? file : `${file}:${at.line}:${at.column}`
  return visibleLine(`${place}: ${severity} ${code}: ${message}`)
}
