/** Every setting: its type, its default, its unit and what it does. The README's table is printed from here. */
import { isIP } from 'node:net'
import * as z from 'zod'
import { defaultLimits, type Limits } from '../xacml/limits.ts'
import {
  listOf,
  listOfObjects,
  oneOf,
  onOff,
  optionalFolder,
  optionalOnOff,
  optionalSecretUrl,
  text,
  wholeNumber,
} from './kinds.ts'

/** Bytes; no resource and no setting may allow more (50,000 blocks of 32 MiB). */
export const absoluteMaxFileSize = 1_677_721_600_000

const mebibyte = 1_048_576

const issuerFields = {
  /** The `iss` claim, exactly. */
  issuer: z.string().min(1).max(1000),
  /** The claim `aud` must contain one of these. */
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(20)]).optional(),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .optional(),
  /** The authentication level of its tokens when they do not say it themselves; Maskinporten: 3. */
  level: z.number().int().min(0).max(4).optional(),
}

const issuer = z.union([
  z.strictObject({ ...issuerFields, jwksUri: z.url({ protocol: /^https?$/ }) }),
  z.strictObject({
    ...issuerFields,
    jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(100) }),
  }),
])

export type Issuer = z.infer<typeof issuer>

const address = z.string().refine((value) => {
  const [ip = '', bits, ...rest] = value.split('/')
  const width = isIP(ip) === 4 ? 32 : 128
  return (
    rest.length === 0 && isIP(ip) !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width))
  )
})

const limit = (name: keyof Limits, max: number, about: string) =>
  wholeNumber(defaultLimits[name], { min: 1, max }, { about })

export const limitFields = {
  policyCharacters: limit('policyCharacters', 16 * mebibyte, 'Longest policy document, in characters.'),
  requestCharacters: limit(
    'requestCharacters',
    16 * mebibyte,
    'Longest request document of the decision API, in characters.',
  ),
  documentDepth: limit('documentDepth', 1_000, 'Deepest nesting of XML elements or JSON values.'),
  namespacesInScope: limit(
    'namespacesInScope',
    10_000_000,
    'Namespaces in scope, added up over the elements of a document that declare any.',
  ),
  policyDepth: limit('policyDepth', 200, 'Deepest nesting of policy sets, references followed.'),
  expressionDepth: limit('expressionDepth', 500, 'Deepest nesting of function calls, variables followed.'),
  policyElements: limit('policyElements', 1_000_000, 'Rules, policies and policy sets in one document.'),
  bagSize: limit('bagSize', 1_000_000, 'Values in one bag.'),
  patternCharacters: limit('patternCharacters', 100_000, 'Longest regular expression.'),
  patternInputCharacters: limit(
    'patternInputCharacters',
    1_000_000,
    'Longest value that a regular expression is matched against.',
  ),
  decisionsPerRequest: limit('decisionsPerRequest', 100_000, 'Decisions that one request may ask for.'),
  steps: limit('steps', 1_000_000_000, 'Function calls on values in one decision; more are counted for long values.'),
  stepsPerRequest: limit('stepsPerRequest', 1_000_000_000, 'The same for all decisions that one request asks for.'),
  nestedRequests: limit('nestedRequests', 10_000, 'Requests that `access-permitted` may make in one decision.'),
  nestedRequestDepth: limit('nestedRequestDepth', 10, 'Requests of `access-permitted` inside each other.'),
} satisfies Record<keyof Limits, z.ZodType>

export const fields = {
  host: text('127.0.0.1', {
    about: 'Address to listen on. The default is reached from this machine only; `0.0.0.0` from everywhere.',
  }),
  port: wholeNumber(8080, { min: 0, max: 65_535 }, { about: 'Port to listen on; 0 takes a free one.', alias: 'PORT' }),
  dataFolder: optionalFolder({
    about: 'Where the embedded database, files and keys are kept.',
    otherwise:
      '`.portvakt` in the working folder; as root in a private home (which the database may not enter) `/var/lib/portvakt/<name made from the working folder>`',
  }),
  storageFolder: optionalFolder({
    about: 'Where transferred files are kept.',
    otherwise: '`files` in the data folder',
  }),
  policiesFolder: optionalFolder({
    about: 'Where `gateway.xml`, `administration.xml` and `decision-api.xml` are read from.',
    otherwise: 'the policies that come with Portvakt',
  }),
  databaseUrl: optionalSecretUrl(['postgres:', 'postgresql:'], {
    about: 'PostgreSQL 15 or newer.',
    otherwise: 'an embedded PostgreSQL in the data folder',
    alias: 'DATABASE_URL',
  }),
  databasePoolSize: wholeNumber(20, { min: 2, max: 500 }, { about: 'Connections to the database at most.' }),
  databaseWaitSeconds: wholeNumber(
    30,
    { min: 0, max: 3_600 },
    {
      about: 'How long the start waits for a `DATABASE_URL` that does not answer yet; each attempt is logged.',
      unit: 's',
    },
  ),
  redisUrl: optionalSecretUrl(['redis:', 'rediss:'], {
    about: 'Redis for the shared decision cache of several nodes.',
    otherwise: 'each node keeps its own cache',
    alias: 'REDIS_URL',
  }),
  issuers: listOfObjects(
    issuer,
    'a JSON list of `{"issuer", "jwksUri" or "jwks", "audience"?, "algorithms"?, "level"?}`',
    { about: 'Whose tokens are accepted.', otherwise: 'none: only the development issuer' },
  ),
  developmentIssuer: optionalOnOff({
    about:
      'Let anyone on this machine make tokens for trying things out. Refused beside a real issuer or off the loopback address.',
    otherwise: 'on when no issuer is set and the host is a loopback address',
  }),
  clockSkewSeconds: wholeNumber(30, { min: 0, max: 60 }, { about: 'Tolerance for the times in tokens.', unit: 's' }),
  trustedProxies: listOf(address, 'addresses or networks such as `10.0.0.0/8`, with commas between them', {
    about: 'Proxies whose `X-Forwarded-For` is believed.',
    otherwise: 'none',
  }),
  clamd: text('', {
    about: 'The virus scanner: `host:port` or the path of a socket of clamd. Empty: nothing is scanned.',
  }),
  clamdMaxBytes: wholeNumber(
    2_000_000_000,
    { min: 1, max: 50_000_000_000 },
    { about: 'Largest file that clamd is set up to scan (its StreamMaxLength and MaxFileSize).', unit: 'bytes' },
  ),
  allowUnscannedFiles: optionalOnOff({
    about: 'Publish files without a virus scan when no scanner is set up.',
    otherwise: 'on with the embedded database, off with `DATABASE_URL`',
  }),
  allowUnrecordedDecisions: onOff(false, {
    about: 'Let requests pass when their decision cannot be recorded. It costs the proof of what was decided.',
  }),
  anonymousRequestsPerSecond: wholeNumber(
    20,
    { min: 1, max: 100_000 },
    {
      about:
        'Requests without a token that are taken, each node. Public reads go on record, refusals are only counted.',
      unit: 'per second',
    },
  ),
  maxFileSize: wholeNumber(
    50_000_000_000,
    { min: 1, max: absoluteMaxFileSize },
    {
      about: `Largest file on a resource that is not approved for more. No resource may allow more than ${absoluteMaxFileSize}.`,
      unit: 'bytes',
    },
  ),
  uploadIdleSeconds: wholeNumber(
    120,
    { min: 1, max: 86_400 },
    { about: 'An upload or an answer that moves no byte for this long is ended.', unit: 's' },
  ),
  headerSeconds: wholeNumber(
    30,
    { min: 1, max: 300 },
    { about: 'How long the headers of a request may take to arrive.', unit: 's' },
  ),
  // below the time that an answer may take (`patience` in server/deadline.ts), or nobody would be told which it was
  bodySeconds: wholeNumber(
    30,
    { min: 1, max: 30 },
    { about: 'How long a JSON body or a policy may take to arrive.', unit: 's' },
  ),
  connections: wholeNumber(
    10_000,
    { min: 10, max: 1_000_000 },
    {
      about:
        'Connections held at once. Above it those that wait without a request are closed, silent ones first when they hold more than half.',
    },
  ),
  jsonBodyBytes: wholeNumber(
    mebibyte,
    { min: 1024, max: 64 * mebibyte },
    { about: 'Largest JSON body of a request.', unit: 'bytes' },
  ),
  policyBodyBytes: wholeNumber(
    mebibyte,
    { min: 1024, max: 64 * mebibyte },
    { about: 'Largest policy in a request.', unit: 'bytes' },
  ),
  decisionCacheSize: wholeNumber(
    100_000,
    { min: 0, max: 10_000_000 },
    { about: 'Decisions kept in memory; 0 keeps none.' },
  ),
  decisionCacheSeconds: wholeNumber(
    300,
    { min: 0, max: 86_400 },
    { about: 'How long a decision is kept. Changes are seen at once, whatever this says.', unit: 's' },
  ),
  shutdownSeconds: wholeNumber(
    30,
    { min: 0, max: 3_600 },
    { about: 'How long running requests may take to end when the process is told to stop.', unit: 's' },
  ),
  logLevel: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info', {
    about: 'The least important messages that are logged.',
  }),
  metrics: onOff(true, { about: 'Serve Prometheus metrics at `/metrics`.' }),
}

export const schema = z.strictObject({ ...fields, limits: z.strictObject(limitFields).prefault({}) })
