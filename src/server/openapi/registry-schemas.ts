/** Bodies of the registries: resources, access lists, systems and system users. */
import { flag, list, object, organisation, orNull, page, ref, type Schema, text, time, uuid, whole } from './schema.ts'

const languages: Schema = {
  type: 'object',
  description: 'Texts by language: `nb`, `nn`, `en`.',
  additionalProperties: text(),
}
const nullableLanguages: Schema = { ...languages, type: ['object', 'null'] }

const resourceMembers = {
  identifier: text('Unique, and the id that policies name.', { pattern: '^[a-z0-9_-]{4,255}$' }),
  version: orNull(text()),
  title: languages,
  description: languages,
  rightDescription: nullableLanguages,
  homepage: orNull(text()),
  status: orNull(text()),
  spatial: { ...list(text()), type: ['array', 'null'] },
  contactPoints: list(
    object(
      {
        category: orNull(text()),
        email: orNull(text()),
        telephone: orNull(text()),
        contactPage: orNull(text()),
      },
      ['category', 'email', 'telephone', 'contactPage'],
    ),
  ),
  produces: { ...list(text()), type: ['array', 'null'] },
  isPartOf: orNull(text()),
  thematicAreas: { ...list(text()), type: ['array', 'null'] },
  resourceReferences: {
    ...list(
      object({ referenceSource: orNull(text()), reference: orNull(text()), referenceType: orNull(text()) }, [
        'referenceSource',
        'reference',
        'referenceType',
      ]),
    ),
    type: ['array', 'null'],
  },
  delegable: flag(),
  visible: flag(),
  hasCompetentAuthority: object(
    {
      organization: orNull(text('Organisation number of the owner, nine digits.')),
      orgcode: orNull(text()),
      name: nullableLanguages,
    },
    ['organization', 'orgcode', 'name'],
  ),
  keywords: {
    ...list(object({ word: orNull(text()), language: orNull(text()) }, ['word', 'language'])),
    type: ['array', 'null'],
  },
  accessListMode: text('`Enabled`: only parties on a connected access list take part in transfers.', {
    enum: ['Disabled', 'Enabled'],
  }),
  selfIdentifiedUserEnabled: flag(),
  enterpriseUserEnabled: flag(),
  resourceType: text('`BrokerService` for file transfer.', {
    enum: [
      'Systemresource',
      'MaskinportenSchema',
      'Altinn2Service',
      'AltinnApp',
      'GenericAccessResource',
      'BrokerService',
      'CorrespondenceService',
      'Consent',
      'MigratedApp',
    ],
  }),
  availableForType: { ...list(text()), type: ['array', 'null'] },
  consentTemplate: orNull(text()),
  consentText: nullableLanguages,
  consentMetadata: {
    type: ['object', 'null'],
    additionalProperties: object({ optional: flag() }),
  },
  isOneTimeConsent: flag(),
} satisfies Record<string, Schema>

const needed = ['identifier', 'title', 'description', 'contactPoints', 'hasCompetentAuthority', 'resourceType']
const optional = Object.keys(resourceMembers).filter((name) => !needed.includes(name))

const right = (actionNeeded: boolean): Schema =>
  object(
    {
      action: text('As policies name it: `read`, `write` …'),
      resource: list(
        object({ id: text(undefined, { const: 'urn:altinn:resource' }), value: text('Id of the resource.') }),
        {
          minItems: 1,
          maxItems: 1,
        },
      ),
    },
    actionNeeded ? [] : ['action'],
  )

const accessListTimes = { createdAt: time(), updatedAt: time() }

export const registrySchemas = {
  NewResource: object(resourceMembers, optional, 'Names are read in any case.'),
  Resource: object({ ...resourceMembers, versionId: whole('Changes with every write; also the ETag.') }, optional),
  PolicyAccepted: object({
    resource: text(),
    version: whole('Counts the policies of this resource.', { minimum: 1 }),
    hash: text('SHA-256 of the text, hexadecimal.', { pattern: '^[0-9a-f]{64}$' }),
    warnings: list(text('Findings that do not stop the upload, with line and column.')),
  }),
  AccessListInput: object({ name: text(), description: orNull(text()) }, ['description']),
  AccessList: object({
    urn: text(),
    identifier: text(),
    name: text(),
    description: orNull(text()),
    ...accessListTimes,
  }),
  AccessListPage: page(ref('AccessList')),
  MembersInput: object({
    data: list(text('`urn:altinn:organization:identifier-no:{number}` or `urn:altinn:party:uuid:{uuid}`.')),
  }),
  MemberPage: page(
    object({
      id: text('`urn:altinn:party:uuid:{uuid}`'),
      since: time(),
      identifiers: object({
        'urn:altinn:party:uuid': uuid(),
        'urn:altinn:organization:identifier-no': organisation,
      }),
    }),
  ),
  ConnectionInput: object({ actionFilters: list(text('Actions that the list covers; none means all.')) }, [
    'actionFilters',
  ]),
  Connection: object({
    resourceIdentifier: text(),
    actionFilters: list(text()),
    ...accessListTimes,
  }),
  ConnectionPage: page(ref('Connection')),
  NewSystem: object(
    {
      id: text('`{vendor}_{name}`'),
      vendor: object({ ID: text('`0192:` and the organisation number.') }, [], 'Names are read in any case.'),
      name: { anyOf: [text(), languages] },
      description: { anyOf: [text(), languages] },
      rights: list(right(false)),
    },
    ['description', 'rights'],
  ),
  SystemInput: object(
    {
      name: { anyOf: [text(), languages] },
      description: { anyOf: [text(), languages] },
      rights: list(right(false)),
    },
    ['description', 'rights'],
  ),
  System: object({
    id: text(),
    vendor: object({ authority: text(), ID: text() }),
    name: text(),
    description: text(),
    rights: list(right(false)),
  }),
  NewSystemUser: object({ systemId: text(), integrationTitle: text(), rights: list(right(true)) }, [
    'integrationTitle',
    'rights',
  ]),
  RightsInput: object({ rights: list(right(true)) }),
  SystemUser: object({
    id: uuid(),
    integrationTitle: text(),
    systemId: text(),
    reporteeOrgNo: organisation,
    supplierOrgno: organisation,
    userType: text(undefined, { const: 'standard' }),
    rights: list(right(true)),
    created: time(),
    isDeleted: flag('Withdrawn: it is kept, and may nothing.'),
  }),
  SystemUserPage: page(ref('SystemUser')),
}
