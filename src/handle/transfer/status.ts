/**
 * The states of a transfer as data: which follows which, what each is called when nothing more is known, and who is told
 * (broker API, sections 2.1 and 5.1). Only `move.ts` walks them.
 */
import type { EventType } from '../../events/outbox.ts'

/** In the order of the numbers that clients may use in their place: 0 to 7. */
export const transferStatuses = [
  'Initialized',
  'UploadStarted',
  'UploadProcessing',
  'Published',
  'Cancelled',
  'AllConfirmedDownloaded',
  'Purged',
  'Failed',
] as const
export type TransferStatus = (typeof transferStatuses)[number]

/** Lowest first: a recipient's status is the highest it ever reached. Numbers 0 to 2. */
export const recipientStatuses = ['Initialized', 'DownloadStarted', 'DownloadConfirmed'] as const
export type RecipientStatus = (typeof recipientStatuses)[number]

export const transferStatusTexts: Readonly<Record<TransferStatus, string>> = {
  Initialized: 'Ready for upload',
  UploadStarted: 'Upload started',
  UploadProcessing: 'Processing upload',
  Published: 'Ready for download',
  Cancelled: 'FileTransfer cancelled',
  AllConfirmedDownloaded: 'All downloaded',
  Purged: 'FileTransfer has been purged',
  Failed: 'Upload failed',
}

export const recipientStatusTexts: Readonly<Record<RecipientStatus, string>> = {
  Initialized: 'Initialized',
  DownloadStarted: 'Recipient has attempted to download fileTransfer',
  DownloadConfirmed: 'Recipient has downloaded fileTransfer',
}

/** Who is told of a transition. `unconfirmed`: each recipient that has not confirmed, and the sender once if there is any. */
export type Audience = 'sender' | 'recipients' | 'unconfirmed'

export interface Telling {
  readonly type: EventType
  readonly to: readonly Audience[]
}

export interface Transition {
  readonly from: TransferStatus | 'New'
  readonly to: TransferStatus
  readonly tells: readonly Telling[]
}

const row = (from: TransferStatus | 'New', to: TransferStatus, ...tells: Telling[]): Transition => ({ from, to, tells })
const tell = (type: EventType, ...to: Audience[]): Telling => ({ type, to })

const initialized = tell('filetransferinitialized', 'sender')
const processing = tell('uploadprocessing', 'sender')
const published = tell('published', 'sender', 'recipients')
const failed = tell('uploadfailed', 'sender')
const allConfirmed = tell('allconfirmeddownloaded', 'sender')
const purged = tell('filepurged', 'sender')
/** Only a file that could be downloaded can have been left undownloaded. */
const neverConfirmed = tell('fileneverconfirmeddownloaded', 'unconfirmed')

/** Every transition there is. What is not a row here does not happen. */
const transitions: readonly Transition[] = [
  row('New', 'Initialized', initialized),
  row('Initialized', 'UploadStarted'),
  row('UploadStarted', 'UploadStarted'),
  row('UploadStarted', 'UploadProcessing', processing),
  row('UploadStarted', 'Published', published),
  row('UploadStarted', 'Failed', failed),
  row('UploadProcessing', 'Published', published),
  row('UploadProcessing', 'Failed', failed),
  row('Published', 'AllConfirmedDownloaded', allConfirmed),
  row('Initialized', 'Purged', purged),
  row('UploadStarted', 'Purged', purged),
  row('UploadProcessing', 'Purged', purged),
  row('Published', 'Purged', purged, neverConfirmed),
  row('Cancelled', 'Purged', purged),
  row('AllConfirmedDownloaded', 'Purged', purged),
  row('Failed', 'Purged', purged),
]

const byPair = new Map(transitions.map((transition) => [`${transition.from}>${transition.to}`, transition]))

export const transitionOf = (from: TransferStatus | 'New', to: TransferStatus): Transition | undefined =>
  byPair.get(`${from}>${to}`)

export const higherOf = (a: RecipientStatus, b: RecipientStatus): RecipientStatus =>
  recipientStatuses.indexOf(a) >= recipientStatuses.indexOf(b) ? a : b
