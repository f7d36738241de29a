/** The file transfer settings of a resource (PUT and GET /resource/{id} of the broker). */
import * as z from 'zod'
import type { Queryable, Sql } from '../database/sql.ts'
import { type WriteOptions, writeChange } from './change.ts'
import { parseDuration, printDuration } from './duration.ts'
import { spellings, spellNames } from './json-names.ts'
import { parseOrganisation } from './parties.ts'
import { checkPrecondition } from './precondition.ts'
import { findResource, resourceEntity } from './resources.ts'
import { type Finding, invalid, invalidIf, notFound, notOwner, owns, type Result, type Writer } from './result.ts'
import { findServiceOwner } from './service-owners.ts'

export interface BrokerConfiguration {
  readonly resource: string
  /** Bytes; null leaves the service's own limit. */
  readonly maxFileTransferSize: number | null
  readonly timeToLiveSeconds: number | null
  readonly purgeAfterAllConfirmed: boolean
  readonly purgeGraceSeconds: number | null
  readonly useManifestFileShim: boolean | null
  readonly externalServiceCodeLegacy: string | null
  readonly externalServiceEditionCodeLegacy: number | null
  /** Nine digits; null when no party must take part. */
  readonly requiredParty: string | null
  /** An administrator has approved the resource for files that are not scanned, and so for files above 50 GB. */
  readonly approvedForDisabledVirusScan: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly version: number
}

/** Bytes. */
export interface SizeLimits {
  /** For a resource that is not approved for files without a scan. */
  readonly scanned: number
  readonly absolute: number
}

const defaultLimits: SizeLimits = { scanned: 50_000_000_000, absolute: 1_677_721_600_000 }
const longestTimeToLive = 365 * 86_400
const longestGrace = 86_400

export async function findBrokerConfiguration(
  sql: Queryable,
  resource: string,
): Promise<BrokerConfiguration | undefined> {
  const [row] = await sql<
    BrokerConfiguration[]
  >`select ${columns(sql)} from broker_configuration where resource = ${resource}`
  return row
}

const patchShape = z.object({
  maxFileTransferSize: z.int().nullish(),
  fileTransferTimeToLive: z.string().max(100).nullish(),
  purgeFileTransferAfterAllRecipientsConfirmed: z.boolean().nullish(),
  purgeFileTransferGracePeriod: z.string().max(100).nullish(),
  useManifestFileShim: z.boolean().nullish(),
  externalServiceCodeLegacy: z.string().max(7).nullish(),
  externalServiceEditionCodeLegacy: z.int32().nullish(),
  requiredParty: z.string().max(100).nullish(),
})
type Patch = z.infer<typeof patchShape>
const names = spellings(Object.keys(patchShape.shape))

type Values = Omit<BrokerConfiguration, 'resource' | 'createdAt' | 'updatedAt' | 'version'>

const unset: Values = {
  maxFileTransferSize: null,
  timeToLiveSeconds: null,
  purgeAfterAllConfirmed: true,
  purgeGraceSeconds: null,
  useManifestFileShim: null,
  externalServiceCodeLegacy: null,
  externalServiceEditionCodeLegacy: null,
  requiredParty: null,
  approvedForDisabledVirusScan: false,
}

/**
 * Changes what the body names and makes the row when there is none. An absent field stays, `null` resets it to the
 * default. Everything is checked before anything is written.
 */
export async function configureBroker(
  sql: Sql,
  writer: Writer,
  resource: string,
  given: unknown,
  options?: WriteOptions & { readonly limits?: SizeLimits },
): Promise<Result<BrokerConfiguration>> {
  return writeConfiguration(sql, writer, resource, options, (stored) => {
    const parsed = patchShape.safeParse(spellNames(given, names))
    if (!parsed.success) {
      return parsed.error.issues
        .slice(0, 20)
        .map((issue) => ({ field: issue.path.join('.'), message: issue.message.toLowerCase() }))
    }
    return applyPatch(stored, parsed.data, options?.limits ?? defaultLimits)
  })
}

/** For administrators: lets the resource carry files that are not scanned. */
export async function approveForDisabledVirusScan(
  sql: Sql,
  resource: string,
  isApproved: boolean,
  options?: WriteOptions,
): Promise<Result<BrokerConfiguration>> {
  return writeConfiguration(sql, { kind: 'administrator' }, resource, options, (stored) => ({
    ...stored,
    approvedForDisabledVirusScan: isApproved,
  }))
}

async function writeConfiguration(
  sql: Sql,
  writer: Writer,
  resource: string,
  options: WriteOptions | undefined,
  edit: (stored: Values) => Values | readonly Finding[],
): Promise<Result<BrokerConfiguration>> {
  return writeChange(sql, options, async (transaction, epoch) => {
    const owned = await findResource(transaction, resource)
    if (owned === undefined) return notFound('resource')
    if (!owns(writer, owned.owner)) return notOwner('resource')
    if ((await findServiceOwner(transaction, owned.owner)) === undefined) {
      return invalid('resource', 'the owner of the resource is not registered as a service owner', 'BRO-00024')
    }
    const stored = await findBrokerConfiguration(transaction, resource)
    const refusal = checkPrecondition(options?.precondition, stored?.version, 'broker configuration')
    if (refusal !== undefined) return refusal
    const edited = edit(stored ?? unset)
    if (isFindings(edited)) return invalidIf(edited) ?? invalid('', 'the configuration is not valid')
    const row = rowOf(edited)
    const [value] = await transaction<[BrokerConfiguration]>`
      insert into broker_configuration ${transaction({ resource, ...row, version: epoch })}
      on conflict (resource) do update set ${transaction({ ...row, version: epoch })}, updated_at = now()
      returning ${columns(transaction)}`
    const kind = stored === undefined ? 'broker-configuration-created' : 'broker-configuration-updated'
    return { kind: 'change', value, change: { kind, entities: [resourceEntity(resource)] } }
  })
}

function isFindings(edited: Values | readonly Finding[]): edited is readonly Finding[] {
  return Array.isArray(edited)
}

/** The checks stand in the order in which the broker makes them: size, time to live, grace, shim. */
function applyPatch(stored: Values, patch: Patch, limits: SizeLimits): Values | readonly Finding[] {
  const timeToLive = secondsOf(patch.fileTransferTimeToLive)
  const grace = secondsOf(patch.purgeFileTransferGracePeriod)
  const requiredParty = patch.requiredParty === '' ? null : patch.requiredParty
  const organisation = typeof requiredParty === 'string' ? parseOrganisation(requiredParty) : requiredParty
  const findings = [
    ...checkSize(patch.maxFileTransferSize, stored.approvedForDisabledVirusScan, limits),
    ...checkTimeToLive(timeToLive),
    ...checkGrace(grace),
    ...checkShim(patch),
  ]
  if (typeof requiredParty === 'string' && organisation === undefined) {
    findings.push({ field: 'requiredParty', message: 'the required party is an organisation number of nine digits' })
  }
  if (findings.length > 0 || timeToLive === 'malformed' || grace === 'malformed') return findings
  const change = <T>(value: T | undefined, current: T): T => (value === undefined ? current : value)
  return {
    ...stored,
    maxFileTransferSize: change(patch.maxFileTransferSize, stored.maxFileTransferSize),
    timeToLiveSeconds: change(timeToLive, stored.timeToLiveSeconds),
    purgeAfterAllConfirmed:
      change(patch.purgeFileTransferAfterAllRecipientsConfirmed, stored.purgeAfterAllConfirmed) ?? true,
    purgeGraceSeconds: change(grace, stored.purgeGraceSeconds),
    useManifestFileShim: change(patch.useManifestFileShim, stored.useManifestFileShim),
    externalServiceCodeLegacy: change(patch.externalServiceCodeLegacy, stored.externalServiceCodeLegacy),
    externalServiceEditionCodeLegacy: change(
      patch.externalServiceEditionCodeLegacy,
      stored.externalServiceEditionCodeLegacy,
    ),
    requiredParty: change(organisation, stored.requiredParty),
  }
}

function secondsOf(text: string | null | undefined): number | null | undefined | 'malformed' {
  if (text === null || text === undefined) return text
  return parseDuration(text) ?? 'malformed'
}

function checkSize(size: number | null | undefined, isApproved: boolean, limits: SizeLimits): Finding[] {
  if (size === null || size === undefined) return []
  const wrong = (code: string, message: string): Finding[] => [{ field: 'maxFileTransferSize', message, code }]
  if (size < 0) return wrong('BRO-00011', 'the maximum file size cannot be negative')
  if (size === 0) return wrong('BRO-00012', 'the maximum file size cannot be zero')
  if (size > limits.absolute) return wrong('BRO-00022', `the maximum file size is at most ${limits.absolute} bytes`)
  if (size > limits.scanned && !isApproved) {
    return wrong(
      'BRO-00013',
      `above ${limits.scanned} bytes the resource must be approved for files that are not scanned`,
    )
  }
  return []
}

function checkTimeToLive(seconds: number | null | undefined | 'malformed'): Finding[] {
  const wrong = (code: string, message: string): Finding[] => [{ field: 'fileTransferTimeToLive', message, code }]
  if (seconds === null || seconds === undefined) return []
  if (seconds === 'malformed') return wrong('BRO-00014', 'the time to live is an ISO 8601 duration such as `P30D`')
  if (seconds <= 0) return wrong('BRO-00014', 'the time to live is longer than nothing')
  return seconds > longestTimeToLive ? wrong('BRO-00015', 'the time to live is 365 days at most') : []
}

function checkGrace(seconds: number | null | undefined | 'malformed'): Finding[] {
  const wrong = (code: string, message: string): Finding[] => [{ field: 'purgeFileTransferGracePeriod', message, code }]
  if (seconds === null || seconds === undefined) return []
  if (seconds === 'malformed') return wrong('BRO-00017', 'the grace period is an ISO 8601 duration such as `PT2H`')
  if (seconds < 0) return wrong('BRO-00017', 'the grace period cannot be negative')
  return seconds > longestGrace ? wrong('BRO-00018', 'the grace period is 24 hours at most') : []
}

function checkShim(patch: Patch): Finding[] {
  if (patch.useManifestFileShim !== true) return []
  if (
    patch.externalServiceCodeLegacy &&
    patch.externalServiceEditionCodeLegacy !== undefined &&
    patch.externalServiceEditionCodeLegacy !== null
  ) {
    return []
  }
  const message =
    'the manifest file shim needs `externalServiceCodeLegacy` and `externalServiceEditionCodeLegacy` in the same body'
  return [{ field: 'useManifestFileShim', message, code: 'BRO-00023' }]
}

/** The eight names of the broker's API, durations in ISO 8601, so that what is read can be written back. */
export function printBrokerConfiguration(configuration: BrokerConfiguration): Readonly<Record<string, unknown>> {
  const duration = (seconds: number | null): string | null => (seconds === null ? null : printDuration(seconds))
  return {
    maxFileTransferSize: configuration.maxFileTransferSize,
    fileTransferTimeToLive: duration(configuration.timeToLiveSeconds),
    purgeFileTransferAfterAllRecipientsConfirmed: configuration.purgeAfterAllConfirmed,
    purgeFileTransferGracePeriod: duration(configuration.purgeGraceSeconds),
    useManifestFileShim: configuration.useManifestFileShim,
    externalServiceCodeLegacy: configuration.externalServiceCodeLegacy,
    externalServiceEditionCodeLegacy: configuration.externalServiceEditionCodeLegacy,
    requiredParty: configuration.requiredParty,
  }
}

function rowOf(values: Values) {
  return {
    max_file_transfer_size: values.maxFileTransferSize,
    time_to_live_seconds: values.timeToLiveSeconds,
    purge_after_all_confirmed: values.purgeAfterAllConfirmed,
    purge_grace_seconds: values.purgeGraceSeconds,
    use_manifest_file_shim: values.useManifestFileShim,
    external_service_code_legacy: values.externalServiceCodeLegacy,
    external_service_edition_code_legacy: values.externalServiceEditionCodeLegacy,
    required_party: values.requiredParty,
    approved_for_disabled_virus_scan: values.approvedForDisabledVirusScan,
  }
}

function columns(sql: Queryable) {
  return sql`resource, max_file_transfer_size as "maxFileTransferSize", time_to_live_seconds as "timeToLiveSeconds",
    purge_after_all_confirmed as "purgeAfterAllConfirmed", purge_grace_seconds as "purgeGraceSeconds",
    use_manifest_file_shim as "useManifestFileShim", external_service_code_legacy as "externalServiceCodeLegacy",
    external_service_edition_code_legacy as "externalServiceEditionCodeLegacy", required_party as "requiredParty",
    approved_for_disabled_virus_scan as "approvedForDisabledVirusScan", created_at as "createdAt",
    updated_at as "updatedAt", version`
}
