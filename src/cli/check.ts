/** `portvakt check`: everything that can be known of policy documents without a request. */
import { checkUpload } from '../registry/check-upload.ts'
import { checkPolicy, defaultLimits, type Problem, parsePolicy } from '../xacml/index.ts'
import { readArguments } from './arguments.ts'
import { type Command, type Terminal, UsageError } from './command.ts'
import { isError, problemLine, readText } from './policy-files.ts'

const usage = `usage: portvakt check FILE… [--resource ID]

  --resource  check as an upload for this resource: one Policy, about this resource, no reserved obligations

prints every finding as FILE:LINE:COLUMN; exit code 1 when there is an error
`

export const check: Command = { usage, run }

async function run(argv: readonly string[], { print }: Terminal): Promise<number> {
  const { positionals, values } = readArguments(argv, { resource: { type: 'string' } }, Number.POSITIVE_INFINITY)
  if (positionals.length === 0) throw new UsageError('name the files to check')
  let errors = 0
  let warnings = 0
  for (const file of positionals) {
    const found = await findProblems(file, values.resource)
    for (const problem of found) await print(`${problemLine(file, problem)}\n`)
    errors += found.filter(isError).length
    warnings += found.length - found.filter(isError).length
  }
  const counts = [count(positionals.length, 'document'), count(errors, 'error'), count(warnings, 'warning')]
  await print(`${counts.join(', ')}\n`)
  return errors > 0 ? 1 : 0
}

const count = (number: number, of: string): string => `${number} ${of}${number === 1 ? '' : 's'}`

async function findProblems(file: string, resource: string | undefined): Promise<readonly Problem[]> {
  const text = await readText(file)
  if (resource !== undefined) return checkUpload(text, resource, defaultLimits)
  const parsed = parsePolicy(text, defaultLimits)
  if (!parsed.ok) return parsed.problems
  return [...parsed.warnings, ...checkPolicy(parsed.value, { limits: defaultLimits })]
}
