/** Bodies that clients send and get: named once, referred to everywhere. */
import { problems } from '../../problems.ts'
import { brokerSchemas } from './broker-schemas.ts'
import { decisionsSchemas } from './decision-schemas.ts'
import { registrySchemas } from './registry-schemas.ts'
import { list, object, type Schema, text, whole } from './schema.ts'

const failures = {
  Problem: object(
    {
      type: text(undefined, { format: 'uri' }),
      title: text(),
      status: whole(),
      detail: text('What is wrong, and what to do.'),
      errors: {
        type: 'object',
        description: 'Messages by member, when a body or parameter is wrong.',
        additionalProperties: list(text()),
      },
      code: text('Keeps its meaning for ever.', { enum: Object.keys(problems) }),
      traceId: text('Names this request in logs and traces.', { pattern: '^[0-9a-f]{32}$' }),
      statusDescription: text(),
    },
    ['errors'],
    'RFC 9457.',
  ),
}

export const schemas = {
  ...brokerSchemas,
  ...registrySchemas,
  ...decisionsSchemas,
  ...failures,
} satisfies Record<string, Schema>
