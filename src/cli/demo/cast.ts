/** Who plays, on which resource. */
import { randomBytes } from 'node:crypto'

export const organisations = {
  owner: '991825827',
  sender: '986252932',
  recipient: '910351192',
  stranger: '313301753',
  vendor: '312195771',
}
export const suffix = randomBytes(3).toString('hex')
export const resource = `demo-${suffix}`
export const read = 'altinn:broker.read'
export const write = 'altinn:broker.write'

export type Tokens = Readonly<Record<'owner' | 'sender' | 'recipient' | 'stranger' | 'scopeless', string>>

const languages = (text: string) => ({ en: text, nb: text, nn: text })

export const resourceDocument = (accessListMode: 'Enabled' | 'Disabled') => ({
  identifier: resource,
  title: languages('Demo file transfer'),
  description: languages('Files between organisations'),
  rightDescription: languages('Send and receive files'),
  resourceType: 'BrokerService',
  delegable: true,
  contactPoints: [],
  accessListMode,
  hasCompetentAuthority: { organization: organisations.owner, orgcode: 'demo', name: languages('Demo Directorate') },
})

export const transfers = '/broker/api/v1/filetransfer'

export const initialisation = (sender: string, recipient: string) => ({
  fileName: 'report.pdf',
  resourceId: resource,
  sendersFileTransferReference: 'case-2026-17',
  sender: `0192:${sender}`,
  recipients: [`0192:${recipient}`],
  propertyList: { kind: 'annual report' },
})
