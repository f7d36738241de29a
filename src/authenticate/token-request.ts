/** What the development issuer is asked for: checked and bounded, from a form, JSON or the command line alike. */
export const tokenKinds = ['organisation', 'system-user', 'service-owner'] as const

export type TokenKind = (typeof tokenKinds)[number]

/** Property by property as in the token endpoint; everything but `kind` and `organisation` has a default. */
export interface TokenRequest {
  readonly kind: TokenKind
  /** Nine digits: for whom. */
  readonly organisation: string
  /** Separated by spaces. */
  readonly scope: string
  /** Nine digits: the organisation that runs the system; default: the organisation itself. */
  readonly vendor?: string
  /** UUID; needed for kind `system-user` and for no other. */
  readonly systemUser?: string
  /** Id of the registered system, `{vendor}_{name}`. */
  readonly system?: string
  /** Code of the service owner, e.g. `digdir`; only for kind `service-owner`, which needs it. */
  readonly code?: string
  /** Authentication level; not in the token when absent. */
  readonly level?: number
  /** Seconds; default one hour. */
  readonly lifetime: number
}

export type ReadTokenRequest =
  | { readonly kind: 'token-request'; readonly request: TokenRequest }
  | { readonly kind: 'invalid'; readonly detail: string }

export const tokenRequestProperties = [
  'kind',
  'organisation',
  'scope',
  'vendor',
  'systemUser',
  'system',
  'code',
  'level',
  'lifetime',
] as const

export const maxTokenLifetime = 86_400

type Property = (typeof tokenRequestProperties)[number]

interface PropertyRow {
  readonly property: Property
  readonly pattern: RegExp
  readonly expected: string
}

const rows: readonly PropertyRow[] = [
  {
    property: 'kind',
    pattern: /^(organisation|system-user|service-owner)$/,
    expected: `one of ${tokenKinds.join(', ')}`,
  },
  { property: 'organisation', pattern: /^[0-9]{9}$/, expected: 'nine digits' },
  { property: 'scope', pattern: /^[\x21\x23-\x5b\x5d-\x7e ]{0,2000}$/, expected: 'scopes separated by spaces' },
  { property: 'vendor', pattern: /^[0-9]{9}$/, expected: 'nine digits' },
  {
    property: 'systemUser',
    pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    expected: 'a UUID',
  },
  { property: 'system', pattern: /^[0-9]{9}_[\x21-\x7e]{1,100}$/, expected: 'the id of a system, `123456789_name`' },
  { property: 'code', pattern: /^[a-z][a-z0-9-]{0,31}$/, expected: 'the code of a service owner, lower case' },
  { property: 'level', pattern: /^[0-4]$/, expected: 'a level from 0 to 4' },
  { property: 'lifetime', pattern: /^[1-9][0-9]{0,4}$/, expected: `seconds from 1 to ${maxTokenLifetime}` },
]

const invalid = (detail: string): ReadTokenRequest => ({ kind: 'invalid', detail })

/** @param given property names and values as they came; numbers may be numbers or digits */
export const readTokenRequest = (given: Readonly<Record<string, unknown>>): ReadTokenRequest => {
  for (const name of Object.keys(given))
    if (!(tokenRequestProperties as readonly string[]).includes(name))
      return invalid(`there is no property \`${name.slice(0, 40)}\`; there are ${tokenRequestProperties.join(', ')}`)
  const values: Partial<Record<Property, string>> = {}
  for (const { property, pattern, expected } of rows) {
    const value = given[property]
    if (value === undefined || value === '') continue
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string' || !pattern.test(text)) return invalid(`\`${property}\` must be ${expected}`)
    values[property] = text
  }
  return combine(values)
}

const combine = (values: Partial<Record<Property, string>>): ReadTokenRequest => {
  const { kind, organisation, vendor, systemUser, system, code, level } = values
  if (kind === undefined) return invalid(`\`kind\` is needed: ${tokenKinds.join(', ')}`)
  if (organisation === undefined) return invalid('`organisation` is needed: nine digits')
  if ((kind === 'system-user') !== (systemUser !== undefined))
    return invalid('`systemUser` is needed for kind `system-user`, and for no other')
  if (system !== undefined && kind !== 'system-user') return invalid('`system` is for kind `system-user` only')
  if ((kind === 'service-owner') !== (code !== undefined))
    return invalid('`code` is needed for kind `service-owner`, and for no other')
  const lifetime = Number(values.lifetime ?? 3600)
  if (lifetime > maxTokenLifetime) return invalid(`\`lifetime\` must be seconds from 1 to ${maxTokenLifetime}`)
  return {
    kind: 'token-request',
    request: {
      kind: kind as TokenKind,
      organisation,
      scope: values.scope ?? '',
      lifetime,
      ...(vendor === undefined ? {} : { vendor }),
      ...(systemUser === undefined ? {} : { systemUser: systemUser.toLowerCase() }),
      ...(system === undefined ? {} : { system }),
      ...(code === undefined ? {} : { code }),
      ...(level === undefined ? {} : { level: Number(level) }),
    },
  }
}
