/** The tables of the doors, with the functions that they call. */

import type { Sql } from '../database/sql.ts'
import { parseInitialize } from '../handle/transfer/check-initialize.ts'
import { confirm } from '../handle/transfer/confirm.ts'
import { openDownload } from '../handle/transfer/download.ts'
import { find, findDetails, parseTransferId } from '../handle/transfer/find.ts'
import { initialize } from '../handle/transfer/initialize.ts'
import { detailsJson, overviewJson } from '../handle/transfer/json.ts'
import { parseParty } from '../handle/transfer/party.ts'
import { checkSearch, search } from '../handle/transfer/search.ts'
import type { Transfers } from '../handle/transfer/transfers.ts'
import { upload } from '../handle/transfer/upload.ts'
import { getDecision, listDecisions } from '../record/query.ts'
import { decisionJson, listedResourcesOf, resourcesOf, storedDecisionJson, veiledDecisionJson } from '../record/row.ts'
import { checkUpload } from '../registry/check-upload.ts'
import { findOfSameOwner, findOwners, findTransferResource } from '../registry/index.ts'
import { textAnswer } from '../server/answer.ts'
import { fileTransferEndpoints } from '../server/broker/file-transfers.ts'
import { serviceOwnerEndpoints } from '../server/broker/service-owners.ts'
import { decisionEndpoints } from '../server/decision-api.ts'
import { decisionRecordEndpoints } from '../server/decisions.ts'
import type { Endpoint, Undecided } from '../server/door.ts'
import type { GatewayMetrics } from '../server/observation/gateway-metrics.ts'
import { expositionType } from '../server/observation/metrics.ts'
import { accessListEndpoints } from '../server/registry/access-lists.ts'
import { resourceEndpoints } from '../server/registry/resources.ts'
import { systemEndpoints } from '../server/registry/systems.ts'
import { absoluteMaxFileSize, type Settings } from '../settings/settings.ts'
import {
  expandRequest,
  Failure,
  type Limits,
  type Outcome,
  parseRequestJson,
  printResponseJson,
  type Question,
  type Request,
} from '../xacml/index.ts'
import type { Decisions } from './decisions.ts'

export function buildEndpoints(
  settings: Settings,
  sql: Sql,
  transfers: Transfers,
  decisions: Decisions,
): readonly Endpoint[] {
  const bounds = { size: settings.jsonBodyBytes, time: settings.bodySeconds * 1000 }
  const administration = {
    sql,
    bounds,
    sizes: { scanned: settings.maxFileSize, absolute: absoluteMaxFileSize },
    catchUp: () => decisions.following.catchUp(),
  }
  const { limits } = settings
  return [
    ...fileTransferEndpoints(
      {
        parseInitialize,
        parseParty,
        parseTransferId,
        parseSearch: checkSearch,
        resource: (id) => findTransferResource(sql, id),
        find: (id) => find(sql, id),
        findDetails: (id) => findDetails(sql, id),
        initialize: (grant, input, resource) => initialize(transfers, grant, input, resource),
        upload: (grant, transfer, resource, input) => upload(transfers, grant, transfer, resource, input),
        openDownload: (grant, transfer, input) => openDownload(transfers, grant, transfer, input),
        confirm: (grant, id, party, resource) => confirm(transfers, grant, id, party, resource),
        search: (party, input) => search(sql, party, input),
        overviewJson,
        detailsJson,
      },
      bounds,
    ),
    ...serviceOwnerEndpoints(administration, {
      scanned: transfers.scanner !== undefined || transfers.allowUnscannedFiles,
      unscanned: true,
    }),
    ...resourceEndpoints({
      ...administration,
      policyBounds: { ...bounds, size: settings.policyBodyBytes },
      checkUpload: (text, resource) => checkUpload(text, resource, limits),
    }),
    ...accessListEndpoints(administration),
    ...systemEndpoints(administration),
    ...decisionRecordEndpoints({
      async list(conditions, page) {
        const found = await listDecisions(sql, conditions, page)
        if (found.kind !== 'page') return found
        const rows = found.rows.map((row) => ({
          resources: listedResourcesOf(row),
          json: () => decisionJson(row),
          veiled: (own: ReadonlySet<string>) => veiledDecisionJson(row, own),
        }))
        return { ...found, rows }
      },
      async find(id) {
        const stored = await getDecision(sql, id)
        if (stored === undefined) return undefined
        return { resources: resourcesOf(stored), json: storedDecisionJson(stored) }
      },
      ownersOf: (resources) => findOwners(sql, resources),
      ofSameOwner: (resource) => findOfSameOwner(sql, resource),
      // loaded when somebody asks: it brings the plain evaluator
      explain: async (id) => (await import('./explanation.ts')).explainDecision(sql, id, limits),
    }),
    ...decisionEndpoints(
      {
        parseRequest: parseRequestJson,
        expand: (request) => expand(request, limits),
        printResponse: (response) => printResponseJson(response, 'altinn'),
        limits,
      },
      bounds,
    ),
  ]
}

/** The plain requests that a multiple decision request stands for; one that cannot be asked refuses them all. */
function expand(request: Request, limits: Limits): Outcome<readonly Request[]> {
  const questions = expandRequest(request, limits)
  const failure =
    questions instanceof Failure ? questions : questions.find((question) => question.failure !== undefined)?.failure
  if (failure !== undefined)
    return { ok: false, problems: [{ code: 'REQUEST-NOT-EXPANDABLE', severity: 'error', message: failure.message }] }
  return { ok: true, value: (questions as readonly Question[]).map((question) => question.request), warnings: [] }
}

export const metricRoutes = ({ metrics: on }: Settings, metrics: GatewayMetrics): readonly Undecided[] =>
  on ? [{ method: 'GET', path: '/metrics', answer: () => textAnswer(200, expositionType, metrics.expose()) }] : []
