/** Bodies of the file transfer API. */
import {
  flag,
  list,
  object,
  orNull,
  party,
  recipientStatus,
  type Schema,
  text,
  time,
  transferStatus,
  uuid,
  whole,
} from './schema.ts'

const transferMembers = {
  fileTransferId: uuid(),
  resourceId: text(),
  fileName: text(),
  sendersFileTransferReference: text(),
  checksum: orNull(text('MD5: as the sender stated it, else as it was computed.')),
  useVirusScan: flag(),
  fileTransferSize: whole('Bytes; 0 before there is a file.', { minimum: 0 }),
  fileTransferStatus: transferStatus,
  fileTransferStatusText: text(),
  fileTransferStatusChanged: time(),
  created: time(),
  expirationTime: time(),
  sender: text('As the sender wrote it.'),
  recipients: list(
    object({
      recipient: party,
      currentRecipientFileTransferStatusCode: recipientStatus,
      currentRecipientFileTransferStatusText: text(),
      currentRecipientFileTransferStatusChanged: time(),
    }),
  ),
  propertyList: { type: 'object', additionalProperties: text() },
} satisfies Record<string, Schema>

export const brokerSchemas = {
  InitializeFileTransfer: object(
    {
      fileName: text(undefined, { minLength: 1, maxLength: 255 }),
      resourceId: text('With or without the prefix `urn:altinn:resource:`.', { minLength: 1, maxLength: 255 }),
      sendersFileTransferReference: text(undefined, { minLength: 1, maxLength: 4096 }),
      sender: party,
      recipients: list(party, { minItems: 1, maxItems: 999 }),
      propertyList: {
        type: 'object',
        description: 'Keys of at most 50 characters.',
        additionalProperties: text(undefined, { maxLength: 3000 }),
        maxProperties: 10,
      },
      checksum: text('MD5 of the file. The upload fails when it does not match.', { pattern: '^[0-9a-f]{32}$' }),
      disableVirusScan: flag('Needs an approved resource.'),
    },
    ['propertyList', 'checksum', 'disableVirusScan'],
    'Names are read in any case; unknown members are ignored.',
  ),
  FileTransferId: object({ fileTransferId: uuid() }),
  FileTransferIds: list(uuid(), { maxItems: 100 }),
  FileTransferOverview: object({
    ...transferMembers,
    published: { ...time('When the file could first be downloaded.'), type: ['string', 'null'] },
  }),
  FileTransferDetails: object({
    ...transferMembers,
    fileTransferStatusHistory: list(
      object({
        fileTransferStatus: transferStatus,
        fileTransferStatusText: text(),
        fileTransferStatusChanged: time(),
      }),
    ),
    recipientFileTransferStatusHistory: list(
      object({
        recipient: party,
        recipientFileTransferStatusCode: recipientStatus,
        recipientFileTransferStatusText: text(),
        recipientFileTransferStatusChanged: time(),
      }),
    ),
  }),
  NewServiceOwner: object(
    {
      name: text(undefined, { minLength: 1 }),
      organisationCode: text(
        'Unique; derived from the name when it is not given. It names the access lists of the owner.',
      ),
    },
    ['organisationCode'],
  ),
  ServiceOwner: object({
    name: text(),
    organisationCode: text(),
    storageProviders: list(
      object({
        type: text(undefined, { enum: ['AltinnAzure', 'AltinnAzureWithoutVirusScan'] }),
        deploymentStatus: text(undefined, { enum: ['Ready', 'NotStarted'] }),
        deploymentEnvironment: text(),
      }),
    ),
  }),
  BrokerConfiguration: object(
    {
      maxFileTransferSize: orNull(whole('Bytes.', { minimum: 1, maximum: 1_677_721_600_000 })),
      fileTransferTimeToLive: orNull(text('ISO 8601 duration, at most 365 days.', { examples: ['P30D'] })),
      purgeFileTransferAfterAllRecipientsConfirmed: orNull(flag()),
      purgeFileTransferGracePeriod: orNull(text('ISO 8601 duration, at most 24 hours.', { examples: ['PT2H'] })),
      useManifestFileShim: orNull(flag('Kept; nothing acts on it.')),
      externalServiceCodeLegacy: orNull(text(undefined, { maxLength: 7 })),
      externalServiceEditionCodeLegacy: orNull(whole()),
      requiredParty: orNull(text('Organisation number that must be sender or recipient.')),
    },
    [
      'maxFileTransferSize',
      'fileTransferTimeToLive',
      'purgeFileTransferAfterAllRecipientsConfirmed',
      'purgeFileTransferGracePeriod',
      'useManifestFileShim',
      'externalServiceCodeLegacy',
      'externalServiceEditionCodeLegacy',
      'requiredParty',
    ],
    'What is absent stays as it is; null resets it to the default.',
  ),
  Approval: object({ approved: flag() }),
}
