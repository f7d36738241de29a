import type * as z from 'zod'
import type { Limits } from '../xacml/limits.ts'
import type { Issuer, schema } from './schema.ts'

export type { Issuer } from './schema.ts'
export { absoluteMaxFileSize } from './schema.ts'
export type { Secret } from './secret.ts'

type Given = z.output<typeof schema>

type Resolved = 'dataFolder' | 'storageFolder' | 'policiesFolder' | 'developmentIssuer' | 'allowUnscannedFiles'

/** What the process was told, complete and checked: every default filled in, every path absolute. */
export interface Settings extends Readonly<Omit<Given, Resolved | 'limits' | 'issuers'>> {
  readonly dataFolder: string
  readonly storageFolder: string
  readonly policiesFolder: string
  readonly developmentIssuer: boolean
  readonly allowUnscannedFiles: boolean
  readonly issuers: readonly Issuer[]
  readonly limits: Limits
}
