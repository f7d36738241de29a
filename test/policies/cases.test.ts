/** The policies that come with Portvakt: their cases pass, and are good enough to notice nearly every small mistake. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCaseFiles, readSuite, type Suite } from '../../src/cli/test.ts'
import { coverRules, defaultLimits, type RuleCoverage, runCases, scoreMutants } from '../../src/xacml/index.ts'

const folder = join(import.meta.dirname, '../../policies')
const suites = await Promise.all((await findCaseFiles(folder)).map(readSuite))
const byPolicy = new Map(suites.map(({ policy }) => [policy, suites.filter((suite) => suite.policy === policy)]))
const short = (path: string): string => path.slice(folder.length + 1)

describe('cases', () => {
  it('stand beside every policy', async () => {
    const xml = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.xml'))
    const used = suites.flatMap(({ path, file }) =>
      [file.policy, ...file.references, ...file.bindings.values()].map((name) => short(join(path, '..', name))),
    )
    expect(xml.filter((name) => !used.includes(name))).toEqual([])
  })

  it.each(suites.map((suite) => [short(suite.path), suite] as const))('%s', (_, { assembly, file }) => {
    const failures = runCases(assembly, file.cases).filter(({ differences }) => differences.length > 0)
    expect(failures.map(({ case: one, differences }) => [one.description, differences])).toEqual([])
  })

  it.each(suites.map((suite) => [short(suite.path), suite] as const))(
    '%s: no two cases have one name',
    (_, { file }) => {
      expect(new Set(file.cases.map(({ description }) => description)).size).toBe(file.cases.length)
    },
  )
})

describe.each([...byPolicy].map(([policy, of]) => [short(policy), of] as const))('%s', (_, of) => {
  it('has every rule decide, and fail to apply', () => {
    const runs = of.map(({ assembly, file }) => ({ assembly, results: runCases(assembly, file.cases) }))
    const untried = ({ isOwn, isConditional, decided, notApplied }: RuleCoverage): boolean =>
      isOwn && (decided === 0 || (isConditional && notApplied === 0))
    expect(
      coverRules(runs)
        .filter(untried)
        .map(({ policy, rule }) => `${policy}/${rule}`),
    ).toEqual([])
  })

  it('has no more unnoticed mutants than are known to make no difference', { timeout: 60_000 }, () => {
    const [first, ...rest] = of.map(({ assembly, file }) => ({ assembly, cases: file.cases }))
    const { unnoticed } = scoreMutants([first!, ...rest], { maximum: 100, limits: defaultLimits })
    expect(unnoticed.map(({ change }) => change).filter((change) => !isEquivalent(change, of[0]!))).toEqual([])
  })
})

/** Mutants that decide the same by construction; each with its reason. */
function isEquivalent(change: string, { policy }: Suite): boolean {
  // only Permit below: which override comes first makes no difference
  if (/examples\/rbac|administration\.xml/.test(policy)) return change.endsWith('combines by deny-overrides')
  if (!policy.endsWith('gateway.xml')) return false
  // the rule before refuses everything that the AnyOf keeps out; `decide` is an operation of the decision API alone
  return change === 'drop an AnyOf' || change.includes('`decide')
}

describe('the schema of cases', () => {
  it('has the members that are read, and names every file', async () => {
    const schema = JSON.parse(await readFile(join(folder, '../schemas/decision-case.schema.json'), 'utf8'))
    const members = new Set(Object.keys(schema.properties))
    const ofCase = new Set(Object.keys(schema.$defs.case.properties))
    for (const { path } of suites) {
      const json = JSON.parse(await readFile(path, 'utf8'))
      expect(join(path, '..', json.$schema)).toBe(join(folder, '../schemas/decision-case.schema.json'))
      expect(Object.keys(json).filter((name) => !members.has(name))).toEqual([])
      expect(json.cases.flatMap(Object.keys).filter((name: string) => !ofCase.has(name))).toEqual([])
    }
  })
})
