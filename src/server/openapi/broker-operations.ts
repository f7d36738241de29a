/** The endpoints of the file transfer API. */
import { conditions, type Description, json, jsonBody, nothing, query, versioned } from './operation.ts'
import { recipientStatus, time, transferStatus } from './schema.ts'

const tag = 'File transfers'
const sending = ['altinn:broker.write']
const receiving = ['altinn:broker.read']
const either = ['altinn:broker.write', 'altinn:broker.read']
const owners = ['altinn:serviceowner']
const transfers = '/broker/api/v1/filetransfer'
const file = { type: 'string', contentMediaType: 'application/octet-stream' } as const
const fileHeaders = {
  'Content-Disposition': 'The name of the file.',
  'Content-Length': 'Bytes.',
  'Accept-Ranges': '`bytes`',
  ETag: 'Of the file.',
}

export const brokerOperations: Readonly<Record<string, Description>> = {
  [`POST ${transfers}`]: {
    tag,
    summary: 'Begin a transfer from a sender to its recipients',
    scopes: sending,
    body: jsonBody('InitializeFileTransfer'),
    answers: { 200: json('The transfer waits for its file.', 'FileTransferId') },
    problems: [
      'PVK-00001',
      'PVK-00007',
      'PVK-00008',
      'PVK-00018',
      'BRO-00005',
      'BRO-00020',
      'BRO-00021',
      'BRO-00024',
      'BRO-00025',
      'BRO-00026',
      'BRO-00027',
      'BRO-00028',
    ],
  },
  [`GET ${transfers}`]: {
    tag,
    summary: 'Find transfers of a resource that the caller sends or receives',
    description: 'A hundred ids at most, newest first. `X-Next-Cursor` in the answer continues as `cursor`.',
    scopes: either,
    parameters: [
      { ...query('resourceId', 'Id of the resource, without prefix.'), required: true },
      query('status', 'Only transfers in this status.', transferStatus),
      query('recipientStatus', 'Only where the caller is recipient and this is how far it came.', recipientStatus),
      query('from', 'Not before; UTC when it names no zone.', time()),
      query('to', 'Not after.', time()),
      query('orderAscending', 'Oldest first.', { type: 'boolean', default: false }),
      query('role', 'Only as sender, or only as recipient.', { type: 'string', enum: ['Sender', 'Recipient'] }),
      query('cursor', 'Go on where the page before ended.'),
    ],
    answers: {
      200: json('Ids of transfers.', 'FileTransferIds', { 'X-Next-Cursor': 'Absent on the last page.' }),
    },
    problems: ['PVK-00001'],
  },
  [`GET ${transfers}/:id`]: {
    tag,
    summary: 'Look at a transfer',
    description: 'For its sender and its recipients.',
    scopes: either,
    answers: { 200: json('The transfer.', 'FileTransferOverview') },
    problems: ['PVK-00001', 'BRO-00001'],
  },
  [`GET ${transfers}/:id/details`]: {
    tag,
    summary: 'Look at a transfer with the history of its statuses',
    scopes: either,
    answers: { 200: json('The transfer.', 'FileTransferDetails') },
    problems: ['PVK-00001', 'BRO-00001'],
  },
  [`POST ${transfers}/:id/upload`]: {
    tag,
    summary: 'Upload the file, once',
    description: 'The body is the file. It is streamed; `Expect: 100-continue` is answered only after the decision.',
    scopes: sending,
    body: { mediaType: 'application/octet-stream', schema: file, required: true },
    answers: { 200: json('The file has arrived whole.', 'FileTransferId') },
    problems: [
      'PVK-00001',
      'PVK-00008',
      'PVK-00018',
      'PVK-00019',
      'BRO-00001',
      'BRO-00004',
      'BRO-00008',
      'BRO-00009',
      'BRO-00016',
      'BRO-00021',
    ],
  },
  [`GET ${transfers}/:id/download`]: {
    tag,
    summary: 'Download the file as a recipient',
    description: 'One byte range may be asked for.',
    scopes: receiving,
    parameters: [
      { in: 'header', name: 'Range', description: '`bytes=0-999`; one range.', schema: { type: 'string' } },
      { in: 'header', name: 'If-Range', description: 'ETag that the range belongs to.', schema: { type: 'string' } },
    ],
    answers: {
      200: {
        description: 'The file.',
        mediaType: 'application/octet-stream',
        schema: file,
        headers: fileHeaders,
      },
      206: {
        description: 'A part of the file.',
        mediaType: 'application/octet-stream',
        schema: file,
        headers: { ...fileHeaders, 'Content-Range': 'Which part.' },
      },
    },
    problems: ['PVK-00001', 'BRO-00001', 'BRO-00003', 'BRO-00007', 'BRO-00029'],
  },
  [`POST ${transfers}/:id/confirmdownload`]: {
    tag,
    summary: 'Confirm that the file has been received',
    scopes: receiving,
    answers: { 204: nothing('Confirmed, now or before.') },
    problems: ['PVK-00001', 'BRO-00001', 'BRO-00010', 'BRO-00019'],
  },
  'POST /broker/api/v1/serviceowner': {
    tag: 'Service owners',
    summary: 'Register the caller as a service owner',
    scopes: owners,
    body: jsonBody('NewServiceOwner'),
    answers: { 200: nothing('Registered.', versioned) },
    problems: ['PVK-00001', 'PVK-00007', 'PVK-00008', 'PVK-00018', 'BRO-07001', 'BRO-07002'],
  },
  'GET /broker/api/v1/serviceowner': {
    tag: 'Service owners',
    summary: 'Read the caller as a service owner',
    scopes: owners,
    answers: { 200: json('The service owner.', 'ServiceOwner', versioned) },
    problems: ['BRO-07001', 'BRO-07004'],
  },
  'PUT /broker/api/v1/resource/:id': {
    tag: 'Service owners',
    summary: 'Set the rules for files of a resource',
    scopes: owners,
    parameters: conditions,
    body: jsonBody('BrokerConfiguration'),
    answers: { 204: nothing('Set.', versioned) },
    problems: [
      'PVK-00001',
      'PVK-00007',
      'PVK-00008',
      'PVK-00014',
      'PVK-00015',
      'PVK-00017',
      'PVK-00018',
      'BRO-00005',
      'BRO-00011',
      'BRO-00012',
      'BRO-00013',
      'BRO-00014',
      'BRO-00015',
      'BRO-00017',
      'BRO-00018',
      'BRO-00022',
      'BRO-00023',
      'BRO-00024',
    ],
  },
  'GET /broker/api/v1/resource/:id': {
    tag: 'Service owners',
    summary: 'Read the rules for files of a resource',
    scopes: owners,
    answers: { 200: json('The rules.', 'BrokerConfiguration', versioned) },
    problems: ['BRO-00005', 'BRO-00025'],
  },
  'PUT /portvakt/v1/resources/:id/unscanned-files': {
    tag: 'Service owners',
    summary: 'Approve a resource for files that are not scanned, or take that back',
    description: 'For administrators of the registry.',
    scopes: ['altinn:resourceregistry/resource.admin'],
    body: jsonBody('Approval'),
    answers: { 204: nothing('Approved, or not any more.', versioned) },
    problems: ['PVK-00001', 'PVK-00007', 'PVK-00008', 'PVK-00014', 'PVK-00018', 'BRO-00005', 'BRO-00024'],
  },
}
