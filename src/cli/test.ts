/** `portvakt test`: runs the cases beside policies; says which rules they try, and which mistakes they would not notice. */
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Assembly,
  assemble,
  type CaseFile,
  type CaseResult,
  coverRules,
  defaultLimits,
  type Policy,
  type PolicySet,
  parseCases,
  type RuleCoverage,
  type Run,
  runCases,
  scoreMutants,
} from '../xacml/index.ts'
import { readArguments, wholeNumber } from './arguments.ts'
import { type Command, InputError, type Terminal, UsageError } from './command.ts'
import { problemLine, readSoundPolicy, readText } from './policy-files.ts'

const usage = `usage: portvakt test FILE|FOLDER… [--mutants] [--maximum N]

  FILE       a file of cases; of a folder, every cases.json and *.cases.json inside it
  --mutants  change the policy in small ways, and list the changes that no case notices
  --maximum  the most mutants to try for one file of cases (default 1000)

exit code 1 when a case fails
`

export const test: Command = { usage, run }

async function run(argv: readonly string[], { print }: Terminal): Promise<number> {
  const options = { mutants: { type: 'boolean' }, maximum: { type: 'string', default: '1000' } } as const
  const { positionals, values } = readArguments(argv, options, Number.POSITIVE_INFINITY)
  if (positionals.length === 0) throw new UsageError('name a file of cases, or a folder')
  const maximum = wholeNumber('--maximum', values.maximum, 1, 1_000_000)
  const files = (await Promise.all(positionals.map((one) => findCaseFiles(one)))).flat()
  if (files.length === 0)
    throw new InputError('there are no files of cases: name one, or a folder that holds `cases.json`')
  const groups = await groupByPolicy(files)
  let failed = 0
  let ran = 0
  for (const suites of groups) {
    const runs = suites.map(({ path, file, assembly }) => ({
      path,
      assembly,
      results: runCases(assembly, file.cases, defaultLimits),
    }))
    for (const { path, results } of runs) {
      const failures = results.filter(({ differences }) => differences.length > 0)
      ran += results.length
      failed += failures.length
      await print(reportCases(path, results.length, failures))
    }
    await print(reportCoverage(runs))
    if (values.mutants === true && failed === 0) await print(reportMutants(suites, maximum))
  }
  await print(`${ran - failed} of ${ran} cases pass\n`)
  return failed > 0 ? 1 : 0
}

/** Files of cases about one policy are looked at together: what one leaves out another may try. */
async function groupByPolicy(files: readonly string[]): Promise<readonly (readonly [Suite, ...Suite[]])[]> {
  const groups = new Map<string, [Suite, ...Suite[]]>()
  for (const file of files) {
    const suite = await readSuite(file)
    const group = groups.get(suite.policy)
    if (group === undefined) groups.set(suite.policy, [suite])
    else group.push(suite)
  }
  return [...groups.values()]
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────────────────────── */

const deepest = 8

/** In order of their names, so that every run prints the same. */
export async function findCaseFiles(path: string, depth = 0): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new InputError(`\`${path}\` does not exist`)
  if (!found.isDirectory()) return [path]
  if (depth > deepest) return []
  const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  const files: string[] = []
  for (const entry of entries) {
    const name = join(path, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') files.push(...(await findCaseFiles(name, depth + 1)))
    else if (entry.name === 'cases.json' || entry.name.endsWith('.cases.json')) files.push(name)
  }
  return files
}

export interface Suite {
  /** Of the file of cases, and of the policy that is asked. */
  readonly path: string
  readonly policy: string
  readonly file: CaseFile
  readonly assembly: Assembly
}

/** A file of cases with the policies it names, relative to itself. */
export async function readSuite(path: string): Promise<Suite> {
  const parsed = parseCases(await readText(path), defaultLimits)
  if (!parsed.ok) throw new InputError(parsed.problems.map((problem) => problemLine(path, problem)).join('\n'))
  const file = parsed.value
  const read = (name: string): Promise<Policy | PolicySet> => readSoundPolicy(join(dirname(path), name))
  const root = await read(file.policy)
  const references = await Promise.all(file.references.map(read))
  const bindings = new Map(
    await Promise.all([...file.bindings].map(async ([id, name]) => [id, await read(name)] as const)),
  )
  return { path, policy: join(dirname(path), file.policy), file, assembly: assemble(root, references, bindings) }
}

/* ── reports ─────────────────────────────────────────────────────────────────────────────────────────────────── */

function reportCases(path: string, count: number, failures: readonly CaseResult[]): string {
  const lines = [`${path}: ${count} cases${failures.length === 0 ? '' : `, ${failures.length} failed`}`]
  for (const { case: one, differences } of failures) {
    lines.push(`  FAILED ${one.description}`, ...differences.map((difference) => `    ${difference}`))
  }
  return `${lines.join('\n')}\n`
}

function reportCoverage(runs: readonly Run[]): string {
  const lines: string[] = []
  const rules = coverRules(runs).filter(({ isOwn, applied, notApplied }) => isOwn || applied + notApplied > 0)
  const width = Math.max(0, ...rules.map(({ policy, rule }) => `${policy}/${rule}`.length))
  for (const covered of rules) {
    const { policy, rule, applied, notApplied, decided } = covered
    const counts = `applied ${pad(applied)}  not ${pad(notApplied)}  decided ${pad(decided)}`
    lines.push(`  ${`${policy}/${rule}`.padEnd(width)}  ${counts}${gapOf(covered)}`)
  }
  return `${lines.join('\n')}\n`
}

/** What the cases leave untried, in the policy that is asked. */
function gapOf({ isOwn, isConditional, decided, notApplied }: RuleCoverage): string {
  if (isOwn && decided === 0) return '  decides in no case'
  return isOwn && isConditional && notApplied === 0 ? '  applies in every case' : ''
}

const pad = (count: number): string => String(count).padStart(3)

function reportMutants(suites: readonly [Suite, ...Suite[]], maximum: number): string {
  const [first, ...rest] = suites
  const scored = (suite: Suite) => ({ assembly: suite.assembly, cases: suite.file.cases })
  const { tried, unnoticed, possible } = scoreMutants([scored(first), ...rest.map(scored)], { maximum })
  const noticed = tried - unnoticed.length
  const share = tried === 0 ? 100 : Math.floor((noticed / tried) * 100)
  const sampled = possible > maximum ? ` (a sample of ${possible})` : ''
  const lines = [`  ${noticed} of ${tried} mutants of ${first.policy} noticed, ${share} %${sampled}`]
  for (const { at, change } of unnoticed) {
    lines.push(`    ${first.policy}:${at.line}:${at.column}: not noticed: ${change}`)
  }
  return `${lines.join('\n')}\n`
}
