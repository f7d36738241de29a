/** Transfers as clients see them (broker API 1.7, 1.8): camelCase names, PascalCase statuses, nulls written. */
import type { Details, Transfer } from './find.ts'
import { printParty } from './party.ts'
import { recipientStatusTexts, transferStatusTexts } from './status.ts'

export function overviewJson(transfer: Transfer) {
  return { ...commonJson(transfer), published: transfer.published && printTime(transfer.published) }
}

export function detailsJson(details: Details) {
  return {
    ...commonJson(details),
    fileTransferStatusHistory: details.history.map(({ status, text, at }) => ({
      fileTransferStatus: status,
      fileTransferStatusText: text ?? transferStatusTexts[status],
      fileTransferStatusChanged: printTime(at),
    })),
    recipientFileTransferStatusHistory: details.recipientHistory.map(({ party, status, at }) => ({
      recipient: printParty(party),
      recipientFileTransferStatusCode: status,
      recipientFileTransferStatusText: recipientStatusTexts[status],
      recipientFileTransferStatusChanged: printTime(at),
    })),
  }
}

function commonJson(transfer: Transfer) {
  return {
    fileTransferId: transfer.id,
    resourceId: transfer.resource,
    fileName: transfer.fileName,
    sendersFileTransferReference: transfer.reference,
    checksum: transfer.declaredChecksum ?? transfer.computedChecksum,
    useVirusScan: transfer.useVirusScan,
    fileTransferSize: transfer.size ?? 0,
    fileTransferStatus: transfer.status,
    fileTransferStatusText: transfer.statusText ?? transferStatusTexts[transfer.status],
    fileTransferStatusChanged: printTime(transfer.statusChanged),
    created: printTime(transfer.created),
    expirationTime: printTime(transfer.expires),
    sender: transfer.senderAsGiven,
    recipients: transfer.recipients.map(({ party, status, statusChanged }) => ({
      recipient: printParty(party),
      currentRecipientFileTransferStatusCode: status,
      currentRecipientFileTransferStatusText: recipientStatusTexts[status],
      currentRecipientFileTransferStatusChanged: printTime(statusChanged),
    })),
    propertyList: Object.fromEntries(transfer.properties),
  }
}

/** Microseconds with their trailing zeros off: `2026-01-10T08:00:00.123+00:00`. */
const printTime = (time: string): string => time.replace(/\.?0+(?=\+)/, '')
