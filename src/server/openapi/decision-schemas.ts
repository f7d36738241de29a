/** Bodies of the decision API and of the decision record. */
import { flag, list, object, orNull, page, ref, type Schema, text, time, whole } from './schema.ts'

const decision = text(undefined, { enum: ['Permit', 'Deny', 'NotApplicable', 'Indeterminate'] })
const shown: Schema = {
  description: 'A text, or a mark that it has been erased.',
  anyOf: [text(), object({ erased: { type: 'boolean', const: true } })],
}
const row = {
  id: text('Id of the decision, a UUID of version 7.'),
  time: time(),
  decision,
  refusal: orNull(text('Problem code that the request was refused with.')),
  operation: text(),
  action: orNull(text()),
  resource: orNull(
    text('Of the first part, like action, instance and party: null in a list for who may read only about another.'),
  ),
  instance: orNull(text('Id of the file transfer.')),
  party: orNull(text()),
  rules: list(text('Identifiers of the rules and policies that determined the decision.')),
  trace: text('Trace id, as in the answer.'),
  epoch: text('The last administrative change that the node had applied.', { pattern: '^[0-9]+$' }),
  sequence: orNull(text()),
} satisfies Record<string, Schema>

const assignments = list(
  object({ id: text(), category: text(), issuer: text(), dataType: text(), value: shown }, [
    'category',
    'issuer',
    'dataType',
    'value',
  ]),
)
const obligations = list(object({ id: text(), assignments }))

const xacmlAttributes: Schema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { AttributeId: text(), Value: {}, DataType: text(), Issuer: text(), IncludeInResult: flag() },
    required: ['AttributeId', 'Value'],
  },
}
const xacmlCategory: Schema = {
  type: 'object',
  properties: { CategoryId: text(), Id: text(), Attribute: xacmlAttributes },
}

export const decisionsSchemas = {
  DecisionRow: object({
    ...row,
    caller: object({
      organisation: orNull(text()),
      vendor: orNull(text()),
      systemUser: orNull(text('Null when there is none, or it has been erased.')),
    }),
  }),
  DecisionPage: page(ref('DecisionRow')),
  StoredDecision: object(
    {
      ...row,
      node: text('The machine that decided.'),
      engine: text(),
      hash: text('Leaf hash of the record (RFC 6962), hexadecimal.'),
      erasedAt: time('When personal values were erased.'),
      caller: object(
        {
          kind: text(undefined, { enum: ['organisation', 'system-user', 'person', 'anonymous'] }),
          issuer: text(),
          level: whole('Authentication level.'),
          scopes: list(text()),
          client: shown,
          organisation: shown,
          vendor: shown,
          systemUser: shown,
          session: shown,
          token: shown,
        },
        ['client', 'organisation', 'vendor', 'systemUser', 'session', 'token'],
      ),
      client: object({ address: shown, method: text(), path: shown }),
      combine: text('Whether all parts had to permit, or any.', { enum: ['all', 'any'] }),
      asked: whole('Parts of the question; those after the deciding one were not decided.'),
      durationMicroseconds: whole(),
      refusal: {
        ...object({ code: text(), status: whole(), silent: flag('Answered without a body.'), reason: shown }, [
          'reason',
        ]),
        type: ['object', 'null'],
      },
      discharges: list(
        object({ id: text(), outcome: text(undefined, { enum: ['met', 'unmet', 'unknown'] }), detail: shown }, [
          'detail',
        ]),
      ),
      parts: list(
        object(
          {
            action: shown,
            resource: shown,
            instance: shown,
            party: shown,
            advisory: flag('Asked through the decision API, for somebody else to enforce.'),
            decision,
            status: object({ codes: list(text()), message: shown, missing: list(text()) }, ['message', 'missing']),
            determining: list(text()),
            obligations,
            advice: obligations,
            attributes: list(
              object({ category: text(), id: text(), issuer: text(), dataType: text(), values: list(shown) }, [
                'issuer',
                'dataType',
              ]),
            ),
            policies: list(object({ id: text(), version: text(), hash: text() })),
            cache: text('Where the decision came from.', { enum: ['none', 'memory', 'redis'] }),
          },
          ['action', 'resource', 'instance', 'party', 'advisory'],
        ),
      ),
      outcomes: list(
        object({
          at: time(),
          status: whole('HTTP status answered; 499 when the client went away.'),
          code: orNull(text()),
          bytes: orNull(whole('File bytes received or sent.')),
          error: orNull(text()),
        }),
      ),
    },
    ['erasedAt'],
  ),
  ExplainedDecision: object({
    id: text(),
    summary: list(text('For people: one line for each part, and what would have permitted it.')),
    parts: list(
      object({
        recorded: decision,
        text: text('The explanation as a drawn tree.'),
        explanation: {
          type: 'object',
          description: 'Every policy and rule that was looked at, and what it evaluated to.',
          additionalProperties: true,
        },
      }),
    ),
  }),
  XacmlRequest: {
    type: 'object',
    description:
      'A request of the JSON profile of XACML 3.0 (version 1.1), the short names of categories and MultiRequests included. Content is not taken.',
    properties: {
      Request: {
        type: 'object',
        properties: {
          ReturnPolicyIdList: flag(),
          CombinedDecision: flag(),
          AccessSubject: { anyOf: [xacmlCategory, list(xacmlCategory)] },
          Action: { anyOf: [xacmlCategory, list(xacmlCategory)] },
          Resource: { anyOf: [xacmlCategory, list(xacmlCategory)] },
          Environment: { anyOf: [xacmlCategory, list(xacmlCategory)] },
          Category: list(xacmlCategory),
          MultiRequests: { type: 'object', additionalProperties: true },
        },
        additionalProperties: true,
      },
    },
    required: ['Request'],
  },
  XacmlResponse: object({
    response: list(
      object(
        {
          decision,
          status: {
            type: 'object',
            properties: {
              statusCode: {
                type: 'object',
                properties: { value: text() },
                required: ['value'],
                additionalProperties: true,
              },
              statusMessage: text(),
              statusDetails: { type: 'object', additionalProperties: true },
            },
            required: ['statusCode'],
          },
          obligations: list({ type: 'object', additionalProperties: true }),
          associateAdvice: list({ type: 'object', additionalProperties: true }),
          category: list({ type: 'object', additionalProperties: true }),
          policyIdentifierList: { type: 'object', additionalProperties: true },
        },
        ['obligations', 'associateAdvice', 'category', 'policyIdentifierList'],
      ),
    ),
  }),
  Readiness: object({
    ready: flag(),
    closing: flag('Told to stop.'),
    checks: { type: 'object', additionalProperties: flag() },
  }),
}
