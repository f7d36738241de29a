/**
 * Reads the body of `initialize` (broker API 1.4). Nothing is looked up: the answer depends on the body alone, so it can be
 * had before the decision and told after it.
 */
import type { Malformed } from '../../steps.ts'
import { lastSegment, parseParty } from './party.ts'

export interface InitializeInput {
  readonly fileName: string
  /** Without prefix. */
  readonly resource: string
  readonly reference: string
  /** Nine digits. */
  readonly sender: string
  readonly senderAsGiven: string
  /** Nine digits each, none twice, in the order given. */
  readonly recipients: readonly [string, ...string[]]
  readonly properties: readonly (readonly [key: string, value: string])[]
  /** MD5 of the file as the client states it; 32 characters. */
  readonly checksum?: string
  readonly disableVirusScan: boolean
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly malformed: Malformed }

/** One question to the decision point may have 1,000 parts: the sender's and one for each recipient. */
const mostRecipients = 999
/** PostgreSQL has no U+0000, and UTF-8 no halves: two keys that differ in one would become the same. */
const unstorable = /[\0\p{Surrogate}]/u
const resourcePattern = /^(?:urn:altinn:resource:)?[^:]{1,255}$/

type Errors = Record<string, string[]>
/** A value of the wrong JSON type is told under its JSON path and read as absent; the reader goes on to find the others. */
type Read<T> = T | undefined

/** From the bytes of a JSON body. */
export function parseInitialize(body: string | Uint8Array): Checked<InitializeInput> {
  const json = parseJson(body)
  return json.ok ? checkInitialize(json.value) : json
}

/** JSON or the error that goes under `$`. */
export function parseJson(body: string | Uint8Array): Checked<unknown> {
  try {
    const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body)
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, malformed: malformed({ $: ['The body is not valid JSON in UTF-8.'] }) }
  }
}

/**
 * From a JSON value, or an object built from form fields. Names in any case; unknown members are ignored. `prefix` stands
 * before the names in the errors (`Metadata.` for forms).
 */
export function checkInitialize(body: unknown, prefix = ''): Checked<InitializeInput> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { ok: false, malformed: malformed({ $: ['A JSON object is needed.'] }) }
  }
  const members = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value as unknown]))
  const errors: Errors = {}
  const read = reader(members, errors)
  const given = {
    fileName: read.text('fileName'),
    resource: read.text('resourceId'),
    reference: read.text('sendersFileTransferReference'),
    sender: read.text('sender'),
    recipients: read.texts('recipients'),
    properties: read.map('propertyList'),
    checksum: read.text('checksum'),
    disableVirusScan: read.flag('disableVirusScan'),
  }
  // As with the broker, values of the wrong type are told first and alone.
  if (Object.keys(errors).length > 0) return { ok: false, malformed: malformed(errors) }
  const complain: Complain = (name, message) => add(errors, prefix + name, message)
  const value = {
    fileName: checkText(complain, 'FileName', given.fileName, 255),
    resource: lastSegment(checkResourceId(complain, 'ResourceId', given.resource)),
    reference: checkText(complain, 'SendersFileTransferReference', given.reference, 4096),
    ...checkSender(complain, 'Sender', given.sender),
    recipients: checkRecipients(complain, 'Recipients', given.recipients),
    properties: checkProperties(complain, 'PropertyList', given.properties, members.get('propertylist') === null),
    disableVirusScan: given.disableVirusScan === true,
    ...checkChecksum(complain, 'Checksum', given.checksum),
  }
  const [first, ...others] = value.recipients
  if (Object.keys(errors).length > 0 || first === undefined) return { ok: false, malformed: malformed(errors) }
  return { ok: true, value: { ...value, recipients: [first, ...others] } }
}

export const malformed = (errors: Readonly<Record<string, readonly string[]>>): Malformed => ({
  code: 'PVK-00001',
  errors,
})

function reader(members: ReadonlyMap<string, unknown>, errors: Errors) {
  const wrong = (path: string, wanted: string): undefined =>
    add(errors, path, `The JSON value could not be converted to ${wanted}.`)
  const find = (name: string): unknown => members.get(name.toLowerCase()) ?? undefined
  return {
    text: (name: string): Read<string> => {
      const value = find(name)
      return value === undefined || typeof value === 'string' ? value : wrong(`$.${name}`, 'a string')
    },
    flag: (name: string): Read<boolean> => {
      const value = find(name)
      if (value === undefined || typeof value === 'boolean') return value
      if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
      return wrong(`$.${name}`, 'a boolean')
    },
    texts: (name: string): Read<readonly (string | null)[]> => {
      const value = find(name)
      if (value === undefined) return undefined
      if (!Array.isArray(value)) return wrong(`$.${name}`, 'a list of strings')
      const index = value.findIndex((item) => item !== null && typeof item !== 'string')
      return index === -1 ? value : wrong(`$.${name}[${index}]`, 'a string')
    },
    map: (name: string): Read<readonly (readonly [string, string | null])[]> => {
      const value = find(name)
      if (value === undefined) return undefined
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(`$.${name}`, 'an object')
      const entries = Object.entries(value)
      const bad = entries.find(([, item]) => item !== null && typeof item !== 'string')
      return bad === undefined ? entries : wrong(`$.${name}.${bad[0].slice(0, 50)}`, 'a string')
    },
  }
}

/** A value that breaks a rule is complained of and given back all the same: what is complained of is never used. */
type Complain = (name: string, message: string) => void

const complainOfNothing = (complain: Complain, name: string): void => complain(name, `The ${name} field is required.`)

function checkStorable(complain: Complain, name: string, value: string): void {
  if (unstorable.test(value)) complain(name, `The ${name} field must not contain U+0000 or half a surrogate pair.`)
}

function checkText(complain: Complain, name: string, value: Read<string>, longest: number): string {
  const text = value ?? ''
  if (text.trim() === '') complainOfNothing(complain, name)
  if (text.length > longest) complain(name, `The ${name} field must have between 1 and ${longest} characters.`)
  checkStorable(complain, name, text)
  return text
}

function checkResourceId(complain: Complain, name: string, value: Read<string>): string {
  const text = value ?? ''
  if (text.trim() === '') complainOfNothing(complain, name)
  else if (text.length > 255 || !resourcePattern.test(text) || lastSegment(text) === '') {
    complain(name, `The ${name} field must be the id of a resource, with or without the prefix urn:altinn:resource:.`)
  }
  checkStorable(complain, name, text)
  return text
}

function checkSender(complain: Complain, name: string, value: Read<string>) {
  const senderAsGiven = value ?? ''
  const sender = parseParty(senderAsGiven)
  if (senderAsGiven.trim() === '') complainOfNothing(complain, name)
  else if (sender === undefined) complain(name, partyMessage(name))
  return { sender: sender ?? '', senderAsGiven }
}

function checkRecipients(complain: Complain, name: string, value: Read<readonly (string | null)[]>): readonly string[] {
  if (value === undefined) complainOfNothing(complain, name)
  else if (value.length === 0) complain(name, 'One or more recipients are required.')
  const parties = (value ?? []).map((text) => parseParty(text ?? ''))
  if (parties.includes(undefined)) complain(name, partyMessage('Each recipient'))
  const distinct = [...new Set(parties.filter((party) => party !== undefined))]
  if (distinct.length > mostRecipients) complain(name, `There can be at most ${mostRecipients} recipients.`)
  return distinct
}

/** @param isNull the member is there, and null: not the same as none */
function checkProperties(
  complain: Complain,
  name: string,
  value: Read<readonly (readonly [string, string | null])[]>,
  isNull: boolean,
): readonly (readonly [string, string])[] {
  if (isNull) complainOfNothing(complain, name)
  const entries = value ?? []
  if (entries.length > 10) complain(name, 'PropertyList can contain at most 10 properties.')
  for (const [key, text] of entries.slice(0, 11)) {
    if (key.length > 50) complain(name, 'A key in PropertyList can have at most 50 characters.')
    if (text === null) complain(name, 'A value in PropertyList cannot be null.')
    else if (text.length > 3000) complain(name, 'A value in PropertyList can have at most 3000 characters.')
    checkStorable(complain, name, key + (text ?? ''))
  }
  return entries.map(([key, text]) => [key, text ?? ''])
}

function checkChecksum(complain: Complain, name: string, value: Read<string>): { readonly checksum?: string } {
  if (value === undefined || value.trim() === '') return {}
  if (value.length !== 32 || value !== value.toLowerCase()) {
    complain(name, 'The checksum must be the MD5 of the file as 32 lower-case hexadecimal digits.')
  }
  checkStorable(complain, name, value)
  return { checksum: value }
}

const partyMessage = (subject: string): string =>
  `${subject} must be an organisation number as 0192:123456789 or urn:altinn:organization:identifier-no:123456789.`

function add(errors: Errors, key: string, message: string): undefined {
  const list = Object.hasOwn(errors, key) ? errors[key] : undefined
  if (list === undefined) Object.defineProperty(errors, key, { value: [message], enumerable: true, configurable: true })
  else if (!list.includes(message)) list.push(message)
}
