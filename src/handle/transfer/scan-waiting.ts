/**
 * Scans what waits in UploadProcessing, after the upload and apart from it. The queue is the tables themselves: a node that
 * dies while scanning leaves the file waiting, and another takes it once the claim has lapsed. Scanning twice harms nothing,
 * for only a transfer in UploadProcessing moves on.
 */
import { transact } from '../../database/transact.ts'
import type { Scanner, Verdict } from '../scan/scanner.ts'
import { lockTransfer, move } from './move.ts'
import type { Transfers } from './transfers.ts'

export interface ScanRun {
  readonly published: number
  readonly failed: number
  /** Could not be scanned now; tried again later. */
  readonly postponed: number
}

/** Milliseconds. */
const claim = 60_000
const firstPause = 5_000
const longestPause = 15 * 60_000

interface Waiting {
  readonly id: string
  readonly transfer: string
  readonly size: number
  readonly tries: number
}

/** Scans until nothing waits, or `signal` aborts. Without a scanner nothing happens. */
export async function scanWaiting(transfers: Transfers, signal: AbortSignal): Promise<ScanRun> {
  const run = { published: 0, failed: 0, postponed: 0 }
  const { scanner } = transfers
  while (scanner !== undefined && !signal.aborted) {
    const waiting = await claimNext(transfers)
    if (waiting === undefined) break
    const verdict = await scan(transfers, scanner, waiting, signal)
    if (signal.aborted && verdict.kind === 'unavailable') {
      await postpone(transfers, waiting, 'scanning was stopped', 0)
      break
    }
    const outcome = await conclude(transfers, waiting, verdict)
    run[outcome]++
  }
  return run
}

/** Calls `scanWaiting` when woken and every few seconds, one run at a time. */
export function startScanning(
  transfers: Transfers,
  options: { readonly every?: number; readonly onError: (error: unknown) => void },
): { wake(): void; stop(): Promise<void> } {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let isAsked = false
  const loop = async (): Promise<void> => {
    while (isAsked && !stopping.signal.aborted) {
      isAsked = false
      await scanWaiting(transfers, stopping.signal).catch(options.onError)
    }
    running = undefined
  }
  const wake = (): void => {
    isAsked = true
    running ??= loop()
  }
  const timer = setInterval(wake, options.every ?? 5_000)
  timer.unref()
  return {
    wake,
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}

async function claimNext(transfers: Transfers): Promise<Waiting | undefined> {
  const now = transfers.clock()
  const [row] = await transfers.sql<Waiting[]>`
    update upload_attempt a set scan_after = ${new Date(now.getTime() + claim)}, scan_tries = scan_tries + 1
      from transfer t
     where t.id = a.transfer and a.id = (
       select w.id from upload_attempt w join transfer p on p.id = w.transfer
        where p.status = 'UploadProcessing' and w.state = 'won' and w.scan_after <= ${now}
        order by w.scan_after limit 1 for update of w skip locked)
    returning a.id, a.transfer, t.size, a.scan_tries as tries`
  return row
}

async function scan(transfers: Transfers, scanner: Scanner, waiting: Waiting, signal: AbortSignal): Promise<Verdict> {
  // The limit is looked at here too: another scanner may have been set up since the file was accepted.
  if (waiting.size > scanner.limit) {
    return {
      kind: 'unscannable',
      detail: `${waiting.size} bytes are more than the scanner's limit of ${scanner.limit}`,
    }
  }
  const renewal = setInterval(() => void postpone(transfers, waiting, null, claim).catch(() => undefined), claim / 4)
  try {
    const reading = await transfers.store.open(waiting.id)
    if (reading === undefined) return { kind: 'unscannable', detail: 'the file is missing from storage' }
    if (reading.size !== waiting.size) {
      await reading.close()
      return { kind: 'unscannable', detail: `the file in storage has ${reading.size} bytes instead of ${waiting.size}` }
    }
    const body = reading.read(0, waiting.size - 1)
    try {
      return await scanner.scan(body, waiting.size, signal)
    } finally {
      body.destroy()
    }
  } catch (error) {
    return { kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) }
  } finally {
    clearInterval(renewal)
  }
}

async function conclude(transfers: Transfers, waiting: Waiting, verdict: Verdict): Promise<keyof ScanRun> {
  if (verdict.kind === 'unavailable') {
    const pause = Math.min(longestPause, firstPause * 2 ** Math.min(waiting.tries - 1, 20))
    await postpone(transfers, waiting, verdict.detail, pause)
    return 'postponed'
  }
  const isClean = verdict.kind === 'clean'
  await transact(transfers.sql, async (transaction) => {
    const transfer = await lockTransfer(transaction, waiting.transfer)
    if (transfer?.status !== 'UploadProcessing') return
    const at = transfers.clock()
    if (isClean) await move(transaction, transfer, { to: 'Published', at })
    else await move(transaction, transfer, { to: 'Failed', at, text: printVerdict(verdict) })
  })
  return isClean ? 'published' : 'failed'
}

const printVerdict = (verdict: Exclude<Verdict, { kind: 'clean' | 'unavailable' }>): string =>
  verdict.kind === 'infected'
    ? `Malware scan: Malicious, ${JSON.stringify({ malwareNamesFound: [verdict.detail] })}`
    : `Malware scan: Not Scanned, ${JSON.stringify({ reason: verdict.detail })}`

async function postpone(transfers: Transfers, waiting: Waiting, note: string | null, pause: number): Promise<void> {
  const until = new Date(transfers.clock().getTime() + pause)
  await transfers.sql`
    update upload_attempt set scan_after = ${until}, scan_note = coalesce(${note}, scan_note) where id = ${waiting.id}`
}
