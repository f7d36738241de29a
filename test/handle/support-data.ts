/** Parties, a resource, a body and a grant; no test framework, so that child processes can use them too. */
import { randomUUID } from 'node:crypto'
import type { BrokerResource } from '../../src/handle/transfer/transfers.ts'
import type { Grant } from '../../src/steps.ts'

export const sender = '991825827'
export const recipient = '986252932'
export const otherRecipient = '910351192'
export const text = 'This is the contents of the uploaded file'
export const textChecksum = '40e6f3f7e31a56a080bd7492077d8ac1'

export const resource: BrokerResource = {
  id: 'altinn-broker-test-resource-1',
  owner: '991825827',
  ownerIsRegistered: true,
  approvedForUnscannedFiles: false,
}

export const basic = {
  fileName: 'input.txt',
  resourceId: resource.id,
  sendersFileTransferReference: 'test-data',
  sender: `0192:${sender}`,
  recipients: [`0192:${recipient}`],
  propertyList: {},
  checksum: null,
}

export function grant(changes: Partial<Grant> = {}): Grant {
  return {
    decisionId: randomUUID(),
    epoch: 1n,
    caller: {
      kind: 'organisation',
      organisation: sender,
      vendor: '312195771',
      scopes: [],
      level: 3,
      issuer: 'test',
      claims: [],
      expiresAt: 0,
    },
    now: new Date(),
    trace: { traceId: '0'.repeat(32), spanId: '0'.repeat(16) },
    signal: new AbortController().signal,
    ...changes,
  }
}
