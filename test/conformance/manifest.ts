/** The manifest of a folder of conformance cases: which there are, what they need, what is expected. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ConformanceCase {
  readonly id: string
  readonly suite: string
  readonly title: string
  readonly level: string
  /** Folder of the case, below the manifest. */
  readonly path: string
  readonly flags: readonly string[]
  readonly expect: {
    readonly outcome: ExpectedOutcome
    /** Other outcomes that are right too. */
    readonly alternatives?: readonly string[]
    /** Other response files that are right too. */
    readonly alternativeResponses?: readonly string[]
  }
  /** Why the expectation is open to argument: run, but not scored. */
  readonly disputed?: string
  readonly setup?: Setup
}

export type ExpectedOutcome =
  | 'response'
  | 'policy-rejected'
  | 'request-rejected'
  | `json-${'request' | 'response'}-${'valid' | 'invalid'}`

export interface Setup {
  readonly pip?: readonly {
    readonly category: string
    readonly attributeId: string
    readonly dataType: string
    readonly values: readonly string[]
  }[]
  readonly resourceHierarchy?: Readonly<Record<string, readonly string[]>>
  /** Files that are root policies together: at most one of them may apply. */
  readonly rootPolicies?: readonly string[]
  /** How root policies are combined when not by only-one-applicable. */
  readonly rootAlgorithm?: string
  /** The file of the root policy, when it is not Policy.xml. */
  readonly rootPolicyRef?: string
  readonly invalidReferencedPolicies?: readonly string[]
}

export function loadManifest(folder: string): readonly ConformanceCase[] {
  const { cases } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { cases: ConformanceCase[] }
  return cases.map((one) => ({ ...one, setup: { ...one.setup, ...amendments[one.id] } }))
}

/**
 * What cases need beyond their manifest. IID029 is written for engines that drop a root policy whose target is in error;
 * its notes allow any combining algorithm instead.
 */
const amendments: Readonly<Record<string, Setup>> = {
  'oasis-ct/IID029': { rootAlgorithm: 'urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:permit-overrides' },
}

/** The text of a file of a case, or undefined when the case has none of that name. */
export function readCaseFile(folder: string, { path }: ConformanceCase, name: string): string | undefined {
  const file = join(folder, path, name)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export function listCasePolicies(folder: string, { path }: ConformanceCase): readonly string[] {
  const policies = join(folder, path, 'Policies')
  if (!existsSync(policies)) return []
  return readdirSync(policies)
    .filter((name) => name.endsWith('.xml'))
    .sort()
    .map((name) => `Policies/${name}`)
}
