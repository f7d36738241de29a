/** The endpoints of the decision API and of the decision record, and those that need no decision. */
import { type Description, json, jsonBody, query } from './operation.ts'
import { time, whole } from './schema.ts'

const tag = 'Decisions'
const record = '/portvakt/v1/decisions'
const auditors = ['altinn:serviceowner', 'portvakt:decisions.read']
const only = (name: string, what: string) => query(name, `Only decisions ${what}.`)

export const decisionOperations: Readonly<Record<string, Description>> = {
  'POST /authorization/api/v1/authorize': {
    tag,
    summary: 'Ask for decisions that somebody else will enforce',
    description: 'Every decision is recorded. Who may ask about a resource is decided first, by the same policies.',
    scopes: ['altinn:authorization/authorize', 'altinn:authorization/authorize.admin'],
    body: jsonBody('XacmlRequest'),
    answers: { 200: json('One result for each request, in order.', 'XacmlResponse') },
    problems: ['PVK-00001', 'PVK-00007', 'PVK-00008', 'PVK-00018'],
  },
  [`GET ${record}`]: {
    tag,
    summary: 'Search the decision record',
    description: 'Newest first. A service owner names one of its resources; an auditor may leave it out.',
    scopes: auditors,
    parameters: [
      query('since', 'Not before.', time()),
      query('until', 'Before.', time()),
      only('resource', 'about this resource'),
      only('transfer', 'about this file transfer'),
      only('caller', 'for this organisation, as caller or vendor'),
      only('party', 'on behalf of this organisation'),
      only('rule', 'determined by this rule or policy'),
      only('action', 'about this action'),
      only('operation', 'about this operation'),
      query('decision', 'Only this decision.', {
        type: 'string',
        enum: ['Permit', 'Deny', 'NotApplicable', 'Indeterminate'],
      }),
      only('code', 'refused with this problem code'),
      only('trace', 'of this trace'),
      query('limit', 'Rows of a page.', whole(undefined, { minimum: 1, maximum: 1000, default: 100 })),
      query('cursor', 'Go on where the page before ended; `links.next` holds the whole address.'),
    ],
    answers: { 200: json('A page of decisions.', 'DecisionPage') },
    problems: ['PVK-00001', 'PVK-00014'],
  },
  [`GET ${record}/:id`]: {
    tag,
    summary: 'Read one decision with everything that is kept of it',
    scopes: auditors,
    answers: { 200: json('The decision.', 'StoredDecision') },
    problems: ['PVK-00014'],
  },
  [`GET ${record}/:id/explanation`]: {
    tag,
    summary: 'Make a decision again, with the policies of then, and see why',
    scopes: auditors,
    answers: { 200: json('The decision as a tree.', 'ExplainedDecision') },
    problems: ['PVK-00014'],
  },
}

/** Not decided and not recorded: they say nothing of anybody. */
export const openOperations: Readonly<Record<string, Description>> = {
  'GET /health': {
    tag: 'Operations',
    summary: 'Whether the process answers',
    answers: { 200: { description: 'It does.', mediaType: 'text/plain', schema: { type: 'string' } } },
  },
  'GET /ready': {
    tag: 'Operations',
    summary: 'Whether requests can be decided',
    answers: { 200: json('They can.', 'Readiness'), 503: json('Not now.', 'Readiness') },
  },
  'GET /metrics': {
    tag: 'Operations',
    summary: 'Prometheus metrics, unless they are switched off',
    answers: { 200: { description: 'Text exposition format.', mediaType: 'text/plain', schema: { type: 'string' } } },
  },
  'GET /openapi.json': {
    tag: 'Operations',
    summary: 'This document',
    answers: {
      200: {
        description: 'OpenAPI 3.1.',
        mediaType: 'application/json',
        schema: { type: 'object', additionalProperties: true },
      },
    },
  },
}
