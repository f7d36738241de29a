/**
 * Every code a client can be answered with, in one table: the broker's own (`BRO-…`, reference: HTTP contract of the broker)
 * and ours (`PVK-…`). Policies name them in refusal obligations, handlers return them, the doors print them; nothing else
 * decides a status. A code keeps its meaning for ever.
 */
export interface ProblemRow {
  readonly status: number
  /** Said to the client: what is wrong and what to do. */
  readonly detail: string
}

const row = (status: number, detail: string): ProblemRow => ({ status, detail })

export const problems = {
  'BRO-00001': row(404, 'The requested file transfer was not found'),
  'BRO-00002': row(400, 'The service owner of the resource is not registered; register it first'),
  'BRO-00003': row(400, 'No file has been uploaded to this file transfer yet'),
  'BRO-00004': row(
    409,
    'A file has already been, or is being, uploaded to this file transfer; create a new file transfer to try again',
  ),
  'BRO-00005': row(403, 'The resource is not in the resource registry, or has no owner there'),
  'BRO-00006': row(
    401,
    'You do not have access to this resource; check that your organisation or system user has been given the rights',
  ),
  'BRO-00007': row(403, 'The file transfer is not ready for download; look at its status'),
  'BRO-00008': row(500, 'The upload failed; look at the details of the file transfer'),
  'BRO-00009': row(
    400,
    'The MD5 checksum of the uploaded file does not match the one given when the file transfer was initialised',
  ),
  'BRO-00010': row(400, 'A download can be confirmed only while the file transfer is Published'),
  'BRO-00011': row(400, 'The maximum file size cannot be negative'),
  'BRO-00012': row(400, 'The maximum file size cannot be zero'),
  'BRO-00013': row(400, 'Files above 50 GB need the resource to be approved for files that are not scanned'),
  'BRO-00014': row(400, 'The time to live is not an ISO 8601 duration, for example P30D'),
  'BRO-00015': row(400, 'The time to live cannot exceed 365 days'),
  'BRO-00016': row(400, 'File size exceeds maximum'),
  'BRO-00017': row(400, 'The purge grace period is not an ISO 8601 duration, for example PT2H'),
  'BRO-00018': row(400, 'The purge grace period cannot exceed 24 hours'),
  'BRO-00019': row(400, 'A download must have been started before it can be confirmed'),
  'BRO-00020': row(400, 'The resource is not approved for files that are not scanned for viruses'),
  'BRO-00021': row(503, 'Storage is not ready for this kind of file transfer yet; try again later'),
  'BRO-00022': row(400, 'The maximum file size is above the limit of the service, 1 677 721 600 000 bytes'),
  'BRO-00023': row(400, 'The manifest file shim needs the legacy service code and edition code'),
  'BRO-00024': row(400, 'The owner of the resource is not registered as a service owner here; register it first'),
  'BRO-00025': row(400, 'The resource has not been configured here'),
  'BRO-00026': row(400, 'The party that this resource requires is neither sender nor recipient'),
  'BRO-00027': row(
    400,
    'A file transfer whose sender is not the required party can have only the required party as recipient',
  ),
  'BRO-00028': row(400, 'At least one recipient is not on an access list of the resource'),
  'BRO-00029': row(416, 'The byte range cannot be satisfied'),
  'BRO-07001': row(400, 'The organisation of the caller could not be determined'),
  'BRO-07002': row(409, 'The service owner is already registered'),
  'BRO-07004': row(404, 'The service owner was not found'),
  'PVK-00001': row(400, 'One or more validation errors occurred.'),
  'PVK-00002': row(401, 'A valid bearer token is needed'),
  'PVK-00003': row(403, 'The token holds none of the scopes that this operation needs'),
  'PVK-00004': row(404, 'There is nothing at this address'),
  'PVK-00005': row(405, 'The method is not allowed at this address'),
  'PVK-00007': row(413, 'The body is larger than this endpoint accepts'),
  'PVK-00008': row(415, 'The media type of the body is not supported here'),
  'PVK-00009': row(503, 'The decision could not be recorded, so the request was refused; try again later'),
  'PVK-00010': row(503, 'A source that the decision rests on did not answer; try again later'),
  'PVK-00011': row(500, 'An unexpected error occurred; the trace id says which'),
  'PVK-00012': row(503, 'The server is shutting down or overloaded; try again later'),
  'PVK-00013': row(409, 'What is to be created exists already'),
  'PVK-00014': row(404, 'The resource, list, system or other entry was not found'),
  'PVK-00015': row(412, 'A precondition failed: the entry has another version now'),
  'PVK-00016': row(400, 'The policy was refused; nothing has changed'),
  'PVK-00017': row(403, 'The entry belongs to another organisation'),
  'PVK-00018': row(408, 'The body did not arrive in time'),
  'PVK-00019': row(507, 'There is no room left to store the file'),
  'PVK-00020': row(429, 'There are too many requests without a token just now; send a token, or try again later'),
} as const satisfies Record<string, ProblemRow>

export type ProblemCode = keyof typeof problems

export const isProblemCode = (text: string): text is ProblemCode => Object.hasOwn(problems, text)
