/** The endpoints of the registries. */
import type { ProblemCode } from '../../problems.ts'
import { conditions, type Description, json, jsonBody, nothing, query, versioned } from './operation.ts'

const admin = 'altinn:resourceregistry/resource.admin'
const writingResources = ['altinn:resourceregistry/resource.write', admin]
const writingLists = ['altinn:resourceregistry/accesslist.write', admin]
const readingLists = ['altinn:resourceregistry/accesslist.read', ...writingLists]
const vendors = ['altinn:authentication/systemregister.write']
const parties = ['altinn:authentication/systemuser.write', 'altinn:portal/enduser']
const readersOfSystems = [...vendors, ...parties]

const resource = '/resourceregistry/api/v1/resource'
const list = '/resourceregistry/api/v1/access-lists/:owner'
const systems = '/authentication/api/v1/systemregister/vendor'
const users = '/authentication/api/v1/systemuser/:party'

const badBody: readonly ProblemCode[] = ['PVK-00001', 'PVK-00007', 'PVK-00008', 'PVK-00018']
const missing: readonly ProblemCode[] = ['PVK-00014']
const writing: readonly ProblemCode[] = ['PVK-00001', 'PVK-00014', 'PVK-00015', 'PVK-00017']
const writingBody: readonly ProblemCode[] = [...new Set([...badBody, ...writing])]
const next = query('token', 'Go on where the page before ended; `links.next` holds the whole address.')

const policyForm = {
  mediaType: 'multipart/form-data',
  required: true,
  schema: {
    type: 'object',
    properties: {
      policyFile: {
        type: 'string',
        contentMediaType: 'text/xml',
        description: 'One XACML 3.0 Policy, without references, for this resource.',
      },
    },
    required: ['policyFile'],
  },
} as const

const uploadPolicy: Description = {
  tag: 'Resources',
  summary: 'Give a resource its policy',
  description:
    'In force when the answer is 201. A refused policy changes nothing; every finding has a line and a column. Versions are kept for ever.',
  scopes: writingResources,
  parameters: conditions,
  body: policyForm,
  answers: { 201: json('In force.', 'PolicyAccepted', { ...versioned, Location: 'Of the policy.' }) },
  problems: [...writingBody, 'PVK-00016'],
}

const connection = `${list}/:list/resource-connections/:resource`

export const registryOperations: Readonly<Record<string, Description>> = {
  [`POST ${resource}`]: {
    tag: 'Resources',
    summary: 'Create a resource that the caller owns',
    scopes: writingResources,
    parameters: conditions,
    body: jsonBody('NewResource'),
    answers: { 201: json('Created.', 'Resource', { ...versioned, Location: 'Of the resource.' }) },
    problems: [...writingBody, 'PVK-00013'],
  },
  [`GET ${resource}/:id`]: {
    tag: 'Resources',
    summary: 'Read a resource; public',
    answers: { 200: json('The resource.', 'Resource', versioned) },
    problems: missing,
  },
  [`PUT ${resource}/:id`]: {
    tag: 'Resources',
    summary: 'Change a resource',
    scopes: writingResources,
    parameters: conditions,
    body: jsonBody('NewResource'),
    answers: { 200: json('Changed.', 'Resource', versioned) },
    problems: writingBody,
  },
  [`DELETE ${resource}/:id`]: {
    tag: 'Resources',
    summary: 'Delete a resource',
    scopes: writingResources,
    parameters: conditions,
    answers: { 204: nothing('Deleted.') },
    problems: writing,
  },
  [`GET ${resource}/:id/policy`]: {
    tag: 'Resources',
    summary: 'Read the policy in force; public',
    answers: {
      200: {
        description: 'The policy, byte for byte as it was uploaded.',
        mediaType: 'text/xml',
        schema: { type: 'string' },
        headers: {
          ...versioned,
          'X-Policy-Version': 'Number of the policy.',
          'X-Policy-Hash': 'SHA-256 of the text, hexadecimal.',
        },
      },
    },
    problems: missing,
  },
  [`POST ${resource}/:id/policy`]: uploadPolicy,
  [`PUT ${resource}/:id/policy`]: { ...uploadPolicy, summary: 'Give a resource its policy; the same as POST' },

  [`GET ${list}`]: {
    tag: 'Access lists',
    summary: 'Read the access lists of a service owner',
    scopes: readingLists,
    parameters: [next],
    answers: { 200: json('Twenty at most.', 'AccessListPage') },
    problems: missing,
  },
  [`GET ${list}/:list`]: {
    tag: 'Access lists',
    summary: 'Read an access list',
    scopes: readingLists,
    parameters: conditions,
    answers: {
      200: json('The list.', 'AccessList', { ...versioned, 'Last-Modified': 'When it was changed.' }),
      304: nothing('It still has that version.', versioned),
    },
    problems: ['PVK-00001', 'PVK-00014', 'PVK-00015'],
  },
  [`PUT ${list}/:list`]: {
    tag: 'Access lists',
    summary: 'Make or rename an access list',
    scopes: writingLists,
    parameters: conditions,
    body: jsonBody('AccessListInput'),
    answers: { 200: json('The list.', 'AccessList', versioned) },
    problems: writingBody,
  },
  [`DELETE ${list}/:list`]: {
    tag: 'Access lists',
    summary: 'Delete an access list, its members and its connections',
    scopes: writingLists,
    parameters: conditions,
    answers: {
      200: json('The list that was deleted.', 'AccessList', versioned),
      204: nothing('There was none.'),
    },
    problems: writing,
  },
  [`GET ${list}/:list/members`]: {
    tag: 'Access lists',
    summary: 'Read the members of an access list',
    scopes: readingLists,
    parameters: [next],
    answers: { 200: json('A hundred at most.', 'MemberPage', versioned) },
    problems: missing,
  },
  [`PUT ${list}/:list/members`]: members('Replace the members of an access list'),
  [`POST ${list}/:list/members`]: members('Add members to an access list'),
  [`DELETE ${list}/:list/members`]: members('Take members off an access list'),
  [`GET ${list}/:list/resource-connections`]: {
    tag: 'Access lists',
    summary: 'Read which resources an access list is connected to',
    scopes: readingLists,
    parameters: [next],
    answers: { 200: json('A hundred at most.', 'ConnectionPage', versioned) },
    problems: missing,
  },
  [`PUT ${connection}`]: {
    tag: 'Access lists',
    summary: 'Connect an access list to a resource of the same owner',
    scopes: writingLists,
    parameters: conditions,
    body: jsonBody('ConnectionInput'),
    answers: { 200: json('The connection.', 'Connection') },
    problems: writingBody,
  },
  [`DELETE ${connection}`]: {
    tag: 'Access lists',
    summary: 'Cut a connection',
    scopes: writingLists,
    parameters: conditions,
    answers: { 200: json('The connection that was cut.', 'Connection'), 204: nothing('There was none.') },
    problems: writing,
  },

  [`POST ${systems}`]: {
    tag: 'Systems',
    summary: 'Register a system of the calling vendor',
    scopes: vendors,
    parameters: conditions,
    body: jsonBody('NewSystem'),
    answers: { 200: json('The system.', 'System', versioned) },
    problems: [...writingBody, 'PVK-00013'],
  },
  [`GET ${systems}/:system`]: {
    tag: 'Systems',
    summary: 'Read a system',
    scopes: readersOfSystems,
    answers: { 200: json('The system.', 'System', versioned) },
    problems: missing,
  },
  [`PUT ${systems}/:system`]: {
    tag: 'Systems',
    summary: 'Change a system',
    scopes: vendors,
    parameters: conditions,
    body: jsonBody('SystemInput'),
    answers: { 200: json('The system.', 'System', versioned) },
    problems: writingBody,
  },
  [`DELETE ${systems}/:system`]: {
    tag: 'Systems',
    summary: 'Delete a system',
    scopes: vendors,
    parameters: conditions,
    answers: { 200: nothing('Deleted.') },
    problems: writing,
  },
  [`GET ${users}`]: {
    tag: 'System users',
    summary: 'Read the system users of the calling party',
    scopes: parties,
    answers: { 200: json('A thousand at most.', 'SystemUserPage') },
    problems: ['PVK-00001'],
  },
  [`POST ${users}`]: {
    tag: 'System users',
    summary: 'Make a system user of a registered system',
    description: 'The party does this, never the vendor.',
    scopes: parties,
    parameters: conditions,
    body: jsonBody('NewSystemUser'),
    answers: { 201: json('The system user.', 'SystemUser', versioned) },
    problems: writingBody,
  },
  [`GET ${users}/:user`]: {
    tag: 'System users',
    summary: 'Read a system user',
    scopes: parties,
    answers: { 200: json('The system user.', 'SystemUser', versioned) },
    problems: ['PVK-00001', 'PVK-00014'],
  },
  [`DELETE ${users}/:user`]: {
    tag: 'System users',
    summary: 'Withdraw a system user for good',
    scopes: parties,
    parameters: conditions,
    answers: { 200: nothing('Withdrawn.') },
    problems: writing,
  },
  [`POST ${users}/:user/rights`]: rights('Give rights to a system user'),
  [`DELETE ${users}/:user/rights`]: rights('Take rights from a system user'),
}

function members(summary: string): Description {
  return {
    tag: 'Access lists',
    summary,
    scopes: writingLists,
    parameters: conditions,
    body: jsonBody('MembersInput'),
    answers: { 200: json('The first page of what the list holds now.', 'MemberPage', versioned) },
    problems: writingBody,
  }
}

function rights(summary: string): Description {
  return {
    tag: 'System users',
    summary,
    scopes: parties,
    parameters: conditions,
    body: jsonBody('RightsInput'),
    answers: { 200: json('The system user.', 'SystemUser', versioned) },
    problems: writingBody,
  }
}
