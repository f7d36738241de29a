/** Reads the gateway's own policies. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GatewayPolicies, loadGatewayPolicies, type PolicyText } from '../decide/policy-store.ts'
import { checkRefusals } from '../enforce/check-refusals.ts'
import type { Settings } from '../settings/settings.ts'
import { UnusableSetting } from './unusable.ts'

const policyFiles = ['gateway.xml', 'administration.xml', 'decision-api.xml']

export interface OwnPolicies {
  readonly files: readonly PolicyText[]
  readonly policies: GatewayPolicies
}

export async function openPolicies({ policiesFolder, limits }: Settings): Promise<OwnPolicies> {
  const files: PolicyText[] = []
  for (const name of policyFiles) files.push({ name, text: await readPolicy(policiesFolder, name) })
  const loaded = loadGatewayPolicies(files, limits, checkRefusals)
  if (loaded.ok) return { files, policies: loaded.value }
  const findings = loaded.problems.map(({ message, at }) =>
    at === undefined ? message : `${message} (line ${at.line}, column ${at.column})`,
  )
  throw new Error(`the policies of the gateway are refused:\n  ${findings.join('\n  ')}`)
}

async function readPolicy(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT' ? 'it is not there' : code === 'EACCES' ? 'this account may not read it' : String(error)
    throw new UnusableSetting(
      'policiesFolder',
      `the policy \`${join(folder, name)}\` cannot be read: ${reason}; ` +
        `\`PORTVAKT_POLICIES_FOLDER\` names a folder with ${policyFiles.join(', ')}`,
      error,
    )
  }
}
