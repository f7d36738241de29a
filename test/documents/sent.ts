/** What the test of the API description sends: a resource, its policy, a transfer, a question. */
import { readFileSync } from 'node:fs'
import { organisations } from '../support/gateway.ts'
import { root } from './readme.ts'

const languages = (text: string) => ({ nb: text, nn: text, en: text })

export const resourceDocument = {
  identifier: 'described',
  resourceType: 'BrokerService',
  title: languages('Files'),
  description: languages('Files between organisations'),
  rightDescription: languages('Send and receive'),
  contactPoints: [{ category: 'support', email: 'support@example.com' }],
  keywords: [{ word: 'file', language: 'en' }],
  resourceReferences: [{ referenceSource: 'Altinn3', reference: 'x', referenceType: 'Uri' }],
  hasCompetentAuthority: { organization: organisations.owner, orgcode: 'ttd', name: languages('Testetaten') },
}

export const policy = readFileSync(new URL('policies/examples/demo/policy.xml', root), 'utf8')
  .replaceAll('demo-file-transfer', 'described')
  .replaceAll('986252932', organisations.sender)
  .replaceAll('910351192', organisations.recipient)

export function policyForm(text: string): FormData {
  const form = new FormData()
  form.set('policyFile', new Blob([text], { type: 'text/xml' }), 'policy.xml')
  return form
}

export const initialization = {
  fileName: 'report.txt',
  resourceId: 'described',
  sendersFileTransferReference: 'case 17',
  sender: `0192:${organisations.sender}`,
  recipients: [`0192:${organisations.recipient}`],
  propertyList: { kind: 'report' },
}

const attribute = (id: string, value: string) => ({ Attribute: [{ AttributeId: id, Value: value }] })

export const question = {
  Request: {
    AccessSubject: [attribute('urn:altinn:organization:identifier-no', organisations.sender)],
    Action: [attribute('urn:oasis:names:tc:xacml:1.0:action:action-id', 'write')],
    Resource: [attribute('urn:altinn:resource', 'described')],
  },
}
