import type { HandlerProblem } from '../../steps.ts'
import { problem } from '../problem.ts'
import { absoluteSizeLimit, type BrokerResource, scannedSizeLimit, type Transfers } from './transfers.ts'

/** Whether a file is looked at before it is published. */
export type Scanning = 'scan' | 'skip'

/**
 * A file goes unscanned only where somebody has answered for it: its sender asks for it and the resource is approved, or the
 * operator allows it for all (`allowUnscannedFiles`). Otherwise BRO-00020; without a scanner BRO-00021, never a publication.
 */
export function checkScanning(
  transfers: Pick<Transfers, 'scanner' | 'allowUnscannedFiles'>,
  resource: BrokerResource,
  useVirusScan: boolean,
): Scanning | HandlerProblem {
  if (!useVirusScan) {
    return transfers.allowUnscannedFiles || resource.approvedForUnscannedFiles ? 'skip' : problem('BRO-00020')
  }
  if (transfers.scanner !== undefined) return 'scan'
  return transfers.allowUnscannedFiles ? 'skip' : problem('BRO-00021')
}

/** Bytes. A file that the scanner cannot take whole is not accepted for scanning. */
export function sizeLimit(transfers: Transfers, resource: BrokerResource, scanning: Scanning): number {
  const usual = resource.approvedForUnscannedFiles ? absoluteSizeLimit : (transfers.maxFileSize ?? absoluteSizeLimit)
  const own = Math.min(resource.maxFileTransferSize ?? absoluteSizeLimit, usual)
  return scanning === 'scan' ? Math.min(own, scannedSizeLimit, transfers.scanner?.limit ?? 0) : own
}
