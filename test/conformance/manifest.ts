/** The manifest of a folder of conformance cases: which there are, what they need, what is expected. */
import { readFileSync } from 'node:fs'
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
  readonly setup: Setup
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
    readonly issuer?: string
    readonly values: readonly string[]
  }[]
  readonly resourceHierarchy?: Readonly<Record<string, readonly string[]>>
  /** Files that are root policies together: at most one of them may apply. */
  readonly rootPolicies?: readonly string[]
  /** How root policies are combined when not by only-one-applicable. */
  readonly rootAlgorithm?: string
  /** The root policy when it is not Policy.xml: a file of the case, or the id of one of its policies, perhaps with a version. */
  readonly rootPolicyRef?: string | { readonly id: string; readonly version?: string }
  readonly invalidReferencedPolicies?: readonly string[]
}

/** Throws an `Error` that says what is wrong with the manifest: without it there is nothing to run. */
export function loadManifest(folder: string): readonly ConformanceCase[] {
  const file = join(folder, 'manifest.json')
  let manifest: unknown
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`cannot read the manifest \`${file}\`: ${(error as Error).message}`)
  }
  const cases = Array.isArray(manifest) ? manifest : (manifest as { cases?: unknown } | null)?.cases
  if (!Array.isArray(cases)) throw new Error(`the manifest \`${file}\` has no list \`cases\``)
  return cases.map(readCase)
}

/** What a manifest may leave out: the rest of an entry can be told from its id. */
function readCase(entry: Partial<ConformanceCase>, place: number): ConformanceCase {
  const id = entry.id ?? entry.path ?? `case ${place + 1}`
  return {
    ...entry,
    id,
    suite: entry.suite ?? (id.includes('/') ? id.slice(0, id.indexOf('/')) : ''),
    title: entry.title ?? '',
    level: entry.level ?? '',
    path: entry.path ?? id,
    flags: entry.flags ?? [],
    expect: { ...entry.expect, outcome: entry.expect?.outcome ?? 'response' },
    setup: { ...entry.setup, ...amendments[id] },
  }
}

/**
 * What cases need beyond their manifest. IID029 is written for engines that drop a root policy whose target is in error;
 * its notes allow any combining algorithm instead.
 */
const amendments: Readonly<Record<string, Setup>> = {
  'oasis-ct/IID029': { rootAlgorithm: 'urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:permit-overrides' },
}
