/** The resource of the Altinn resource registry: its JSON and what makes it valid. */
import * as z from 'zod'
import { spellings, spellNames } from './json-names.ts'
import { parseOrganisation } from './parties.ts'
import type { Finding } from './result.ts'

const short = z.string().max(500)
const long = z.string().max(20_000)
const languages = z
  .record(z.string().max(20), long)
  .refine((text) => Object.keys(text).length <= 50, 'has too many languages')
const list = <T extends z.ZodType>(item: T) => z.array(item).max(500)

const resourceTypes = [
  'Default',
  'Systemresource',
  'MaskinportenSchema',
  'Altinn2Service',
  'AltinnApp',
  'GenericAccessResource',
  'BrokerService',
  'CorrespondenceService',
  'Consent',
  'MigratedApp',
] as const
const referenceSources = ['Default', 'Altinn1', 'Altinn2', 'Altinn3', 'ExternalPlatform'] as const
const referenceTypes = [
  'Default',
  'Uri',
  'DelegationSchemeId',
  'MaskinportenScope',
  'ServiceCode',
  'ServiceEditionCode',
  'ApplicationId',
  'ServiceEditionVersion',
] as const
const availableTo = [
  'PrivatePerson',
  'LegalEntityEnterprise',
  'Company',
  'BankruptcyEstate',
  'SelfRegisteredUser',
] as const

/** Names of an enum are understood in any case and stored as the registry writes them. */
function anyCase<const T extends readonly [string, ...string[]]>(values: T) {
  const byName = new Map(values.map((value) => [value.toLowerCase(), value]))
  return z.preprocess(
    (given) => (typeof given === 'string' ? (byName.get(given.toLowerCase()) ?? given) : given),
    z.enum(values),
  )
}

const documentShape = z.object({
  identifier: short,
  version: short.nullish(),
  title: languages,
  description: languages,
  rightDescription: languages.nullish(),
  homepage: z.string().max(2_000).nullish(),
  status: short.nullish(),
  spatial: list(short).nullish(),
  contactPoints: list(
    z.object({
      category: short.nullish(),
      email: short.nullish(),
      telephone: short.nullish(),
      contactPage: z.string().max(2_000).nullish(),
    }),
  ),
  produces: list(short).nullish(),
  isPartOf: short.nullish(),
  thematicAreas: list(short).nullish(),
  resourceReferences: list(
    z.object({
      referenceSource: anyCase(referenceSources).nullish(),
      reference: z.string().max(2_000).nullish(),
      referenceType: anyCase(referenceTypes).nullish(),
    }),
  ).nullish(),
  delegable: z.boolean().default(true),
  visible: z.boolean().default(true),
  hasCompetentAuthority: z.object({
    organization: short.nullish(),
    orgcode: short.nullish(),
    name: languages.nullish(),
  }),
  keywords: list(z.object({ word: short.nullish(), language: short.nullish() })).nullish(),
  accessListMode: anyCase(['Disabled', 'Enabled']).default('Disabled'),
  selfIdentifiedUserEnabled: z.boolean().default(false),
  enterpriseUserEnabled: z.boolean().default(false),
  resourceType: anyCase(resourceTypes),
  availableForType: list(anyCase(availableTo)).nullish(),
  consentTemplate: short.nullish(),
  consentText: languages.nullish(),
  consentMetadata: z.record(z.string().max(200), z.object({ optional: z.boolean() })).nullish(),
  isOneTimeConsent: z.boolean().default(false),
})

const names = spellings([
  ...Object.keys(documentShape.shape),
  ...['category', 'email', 'telephone', 'contactPage', 'referenceSource', 'reference', 'referenceType'],
  ...['organization', 'orgcode', 'name', 'word', 'language', 'optional'],
])

export type ResourceDocument = z.infer<typeof documentShape>

/** The document with its defaults, or everything that is wrong with it. `isNew` adds the rules of a new identifier. */
export function parseResourceDocument(
  given: unknown,
  isNew: boolean,
): { readonly document: ResourceDocument; readonly owner: string } | { readonly findings: readonly Finding[] } {
  const parsed = documentShape.safeParse(spellNames(given, names))
  if (!parsed.success) {
    const findings = parsed.error.issues
      .slice(0, 50)
      .map((issue) => ({ field: issue.path.join('.'), message: issue.message.toLowerCase() }))
    return { findings }
  }
  const document = parsed.data
  const owner = ownerOf(document)
  const findings = [
    ...(isNew ? checkIdentifier(document) : []),
    ...checkReferences(document),
    ...checkTexts(document),
    ...checkOwner(owner),
  ]
  if (document.resourceType === 'Default')
    findings.push({ field: 'resourceType', message: 'a resource type other than `Default` is needed' })
  return findings.length > 0 || owner === undefined ? { findings } : { document, owner }
}

/** The test department `ttd` has no organisation number of its own and stands for this one. */
const testDepartment = { code: 'ttd', organisation: '991825827' }

function ownerOf({ hasCompetentAuthority: { organization, orgcode } }: ResourceDocument): string | undefined {
  if (organization !== undefined && organization !== null && organization !== '')
    return parseOrganisation(organization) ?? organization
  return orgcode?.toLowerCase() === testDepartment.code ? testDepartment.organisation : undefined
}

function checkOwner(owner: string | undefined): Finding[] {
  if (owner !== undefined && /^[0-9]{9}$/.test(owner)) return []
  return [
    {
      field: 'hasCompetentAuthority.organization',
      message: 'the organisation number of the owner, nine digits, is needed',
    },
  ]
}

function checkIdentifier({
  identifier,
  resourceType,
  hasCompetentAuthority,
  resourceReferences,
}: ResourceDocument): Finding[] {
  const findings: Finding[] = []
  const wrong = (message: string): void => void findings.push({ field: 'identifier', message })
  if (!/^[a-z0-9_-]{4,255}$/.test(identifier))
    wrong('the identifier has 4 to 255 characters: a to z, 0 to 9, `_` and `-`')
  const isApp = resourceType === 'AltinnApp' || resourceType === 'MigratedApp'
  if (identifier.startsWith('app_') && !isApp) wrong('only apps have an identifier that begins with `app_`')
  if (isApp && !identifier.startsWith(`app_${hasCompetentAuthority.orgcode?.toLowerCase() ?? ''}`)) {
    wrong('the identifier of an app begins with `app_` and the organisation code')
  }
  const references = new Set((resourceReferences ?? []).map((reference) => reference.referenceType))
  if (identifier.startsWith('se_') && !(references.has('ServiceCode') && references.has('ServiceEditionCode'))) {
    wrong('an identifier that begins with `se_` needs references of type `ServiceCode` and `ServiceEditionCode`')
  }
  return findings
}

function checkReferences({ resourceType, resourceReferences, hasCompetentAuthority }: ResourceDocument): Finding[] {
  const references = resourceReferences ?? []
  if (
    resourceType === 'MaskinportenSchema' &&
    !references.some((reference) => reference.referenceType === 'MaskinportenScope')
  ) {
    return [
      { field: 'resourceReferences', message: 'a Maskinporten schema needs a reference of type `MaskinportenScope`' },
    ]
  }
  if (resourceType !== 'AltinnApp' && resourceType !== 'MigratedApp') return []
  const prefix = `${hasCompetentAuthority.orgcode?.toLowerCase() ?? ''}/`
  const hasApplication = references.some(
    ({ referenceType, referenceSource, reference }) =>
      referenceType === 'ApplicationId' &&
      referenceSource === 'Altinn3' &&
      reference?.toLowerCase().startsWith(prefix) === true,
  )
  if (hasApplication) return []
  return [
    {
      field: 'resourceReferences',
      message: `an app needs a reference of type \`ApplicationId\` from \`Altinn3\`, \`${prefix}{app}\``,
    },
  ]
}

function checkTexts({ title, description, rightDescription, delegable }: ResourceDocument): Finding[] {
  const needed: [string, Readonly<Record<string, string>> | null | undefined][] = [
    ['title', title],
    ['description', description],
  ]
  if (delegable) needed.push(['rightDescription', rightDescription])
  return needed.flatMap(([field, texts]) =>
    ['nb', 'nn', 'en']
      .filter((language) => (texts?.[language] ?? '').trim() === '')
      .map((language) => ({ field: `${field}.${language}`, message: 'a text in this language is needed' })),
  )
}
