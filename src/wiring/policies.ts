/** Reads the gateway's own policies. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GatewayPolicies, loadGatewayPolicies, type PolicyText } from '../decide/policy-store.ts'
import type { Settings } from '../settings/settings.ts'

const policyFiles = ['gateway.xml', 'administration.xml', 'decision-api.xml']

export interface OwnPolicies {
  readonly files: readonly PolicyText[]
  readonly policies: GatewayPolicies
}

export async function openPolicies({ policiesFolder, limits }: Settings): Promise<OwnPolicies> {
  const files = await Promise.all(
    policyFiles.map(async (name) => ({ name, text: await readFile(join(policiesFolder, name), 'utf8') })),
  )
  const loaded = loadGatewayPolicies(files, limits)
  if (loaded.ok) return { files, policies: loaded.value }
  const findings = loaded.problems.map(({ message, at }) =>
    at === undefined ? message : `${message} (line ${at.line}, column ${at.column})`,
  )
  throw new Error(`the policies of the gateway are refused:\n  ${findings.join('\n  ')}`)
}
