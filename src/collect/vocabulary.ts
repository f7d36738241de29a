/** The attributes that requests are described with; `policies/README.md` says where each comes from. */
import type { Category } from '../steps.ts'

export const categories: Readonly<Record<Category, string>> = {
  subject: 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject',
  resource: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
  action: 'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
  environment: 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment',
}

export const string = 'http://www.w3.org/2001/XMLSchema#string'
export const boolean = 'http://www.w3.org/2001/XMLSchema#boolean'
export const integer = 'http://www.w3.org/2001/XMLSchema#integer'

export const subject = {
  organisation: 'urn:altinn:organization:identifier-no',
  organisationLegacy: 'urn:altinn:organizationnumber',
  person: 'urn:altinn:person:identifier-no',
  systemUser: 'urn:altinn:systemuser:uuid',
  scope: 'urn:scope',
  session: 'urn:altinn:sessionid',
  accessList: 'urn:altinn:access-list',
  kind: 'urn:portvakt:subject:kind',
  actsFor: 'urn:portvakt:subject:acts-for',
  systemUserParty: 'urn:portvakt:systemuser:party',
  systemUserRight: 'urn:portvakt:systemuser:right',
} as const

export const resource = {
  id: 'urn:altinn:resource',
  instance: 'urn:altinn:resource:instance-id',
  party: 'urn:altinn:organization:identifier-no',
  partyAccessList: 'urn:portvakt:party:access-list',
  accessListMode: 'urn:portvakt:access-list-mode',
  recipient: 'urn:portvakt:recipient',
  recipientListed: 'urn:portvakt:recipient:listed',
  owner: 'urn:portvakt:resource:owner',
  found: 'urn:portvakt:resource-found',
  configured: 'urn:portvakt:resource-configured',
  delegable: 'urn:portvakt:resource:delegable',
  transferFound: 'urn:portvakt:transfer-found',
  transferStatus: 'urn:portvakt:transfer:status',
  transferSize: 'urn:portvakt:transfer:size',
  transferProperty: 'urn:portvakt:transfer:property',
  unnamed: 'urn:portvakt:request:unnamed',
  minimumLevel: 'urn:portvakt:minimum-authenticationlevel',
  minimumLevelOrganisation: 'urn:portvakt:minimum-authenticationlevel-org',
} as const

export const action = {
  id: 'urn:oasis:names:tc:xacml:1.0:action:action-id',
  operation: 'urn:portvakt:operation',
} as const

export const environment = {
  clientAddress: 'urn:portvakt:client:address',
  method: 'urn:portvakt:client:method',
  path: 'urn:portvakt:client:path',
} as const

/** The engine gives these from the one clock reading; a policy that looks at them is never answered from the cache. */
export const currentTimes: readonly string[] = ['time', 'date', 'dateTime'].map(
  (part) => `urn:oasis:names:tc:xacml:1.0:environment:current-${part}`,
)
