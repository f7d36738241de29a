/** `portvakt check`: everything that can be known of policy documents without a request. */
import { parseArgs } from 'node:util'
import { checkUpload } from '../registry/check-upload.ts'
import { checkPolicy, defaultLimits, type Problem, parsePolicy } from '../xacml/index.ts'
import { isError, problemLine, readText, UsageError } from './policy-files.ts'

const usage = `usage: portvakt check FILE… [--resource ID]

  --resource  check as an upload for this resource: one Policy, about this resource, no reserved obligations

prints every finding as FILE:LINE:COLUMN; exit code 1 when there is an error
`

export async function check(argv: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { resource: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true || positionals.length === 0) {
    process.stdout.write(usage)
    return values.help === true ? 0 : 2
  }
  let errors = 0
  let warnings = 0
  for (const file of positionals) {
    const found = await findProblems(file, values.resource)
    for (const problem of found) process.stdout.write(`${problemLine(file, problem)}\n`)
    errors += found.filter(isError).length
    warnings += found.length - found.filter(isError).length
  }
  const documents = positionals.length === 1 ? '1 document' : `${positionals.length} documents`
  process.stdout.write(`${documents}, ${errors} errors, ${warnings} warnings\n`)
  return errors > 0 ? 1 : 0
}

async function findProblems(file: string, resource: string | undefined): Promise<readonly Problem[]> {
  const text = await readText(file)
  if (resource === '') throw new UsageError('`--resource` needs the id of a resource')
  if (resource !== undefined) return checkUpload(text, resource, defaultLimits)
  const parsed = parsePolicy(text, defaultLimits)
  if (!parsed.ok) return parsed.problems
  return [...parsed.warnings, ...checkPolicy(parsed.value, { limits: defaultLimits })]
}
