/** What transfers are made with, wired once at start. */
import type { Sql } from '../../database/sql.ts'
import type { Scanner } from '../scan/scanner.ts'
import type { Store } from '../storage/store.ts'

export interface Transfers {
  readonly sql: Sql
  readonly store: Store
  /** Absent: nothing can be scanned, and files are accepted only where they may go unscanned. */
  readonly scanner?: Scanner
  /** Operator's setting, in bytes: what a resource may take that is not approved for files without a scan; else 50 GB. */
  readonly maxFileSize?: number
  /** Operator's setting: publish files that nothing has scanned. */
  readonly allowUnscannedFiles: boolean
  readonly clock: () => Date
  /** UUIDs in lower case: ids of transfers and names of blobs. */
  readonly newId: () => string
  /** Called when a file waits to be scanned. */
  readonly onScanWaiting?: () => void
  readonly patience?: Partial<UploadPatience>
}

export interface UploadPatience {
  /** Milliseconds an upload may be waited for while it brings fewer than `minimumBytes`. */
  readonly stallAfter: number
  readonly minimumBytes: number
  /** Milliseconds after which an attempt that nobody renews is taken for dead. */
  readonly attemptLife: number
}

/** 100 bytes a second at the least (broker API 1.1). */
export const defaultPatience: UploadPatience = { stallAfter: 60_000, minimumBytes: 6_000, attemptLife: 120_000 }

/** What the registry says about a resource, as far as transfers depend on it. */
export interface BrokerResource {
  /** Without prefix. */
  readonly id: string
  /** Nine digits; absent when the resource registry names no owner (BRO-00005). */
  readonly owner?: string
  /** Whether the owner is registered as a service owner here (BRO-00002). */
  readonly ownerIsRegistered: boolean
  /** False when the resource has no settings for file transfer (BRO-00025). */
  readonly configured?: boolean
  /** Bytes. */
  readonly maxFileTransferSize?: number
  /** Seconds; 30 days when left out. */
  readonly timeToLive?: number
  /** True when left out. */
  readonly purgeAfterAllConfirmed?: boolean
  /** Seconds; 2 hours when left out. */
  readonly purgeGracePeriod?: number
  /** With prefix or without; empty is none. */
  readonly requiredParty?: string
  readonly approvedForUnscannedFiles: boolean
}

/** Bytes; the most any transfer may have. */
export const absoluteSizeLimit = 1_677_721_600_000
/** Bytes; the most a transfer may have that is to be scanned. */
export const scannedSizeLimit = 50_000_000_000
export const defaultTimeToLive = 30 * 86_400
export const defaultGracePeriod = 2 * 3_600
