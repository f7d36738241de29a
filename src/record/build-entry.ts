/** From what was decided and enforced to the entry and the frame of its record. */
import type { AttributeFact, DecidedPart, Discharge, Enforced, PolicyVersion, Question } from '../steps.ts'
import type { Obligation, Value } from '../xacml/index.ts'
import type { Entry, EntryPart, Frame, FrameObligation, FramePart, Text } from './entry.ts'
import { attributeNamed, type NamedFrame } from './frames.ts'
import { createPersonalValues, isPersonalAttribute, type Opening, type PersonalValues } from './personal.ts'

const stringType = 'http://www.w3.org/2001/XMLSchema#string'

export interface EntryContext {
  /** Name of this node. */
  readonly node: string
  /** Sixteen fresh random bytes. */
  readonly salt: () => Uint8Array
  /** The lexical form of a value of a data type (XACML 3.0, annex B.3). */
  readonly printValue: (dataType: string, value: Value) => string
  /** Names a frame by its hash. */
  readonly nameFrame: (frame: Frame) => NamedFrame
}

export interface BuiltEntry {
  readonly entry: Entry
  readonly frame: Frame
  readonly named: NamedFrame
  readonly openings: readonly Opening[]
  readonly systemUser: string | undefined
  /** The same as in the entry. */
  readonly time: Date
}

/** Throws `TypeError` when the id of the decision is not a UUID of version 7 made at the time of the request. */
export function buildEntry(enforced: Enforced<unknown>, context: EntryContext): BuiltEntry {
  const { decided } = enforced
  const { arrival, caller } = decided.collected
  checkId(arrival.id, arrival.now)
  const personal = createPersonalValues(context.salt)
  // first of all what is personal about who is asked about, and about the caller: it is recognised in everything after
  noticeAsked(decided.collected.question, personal, context.printValue)
  const callerTexts = buildCaller(enforced, personal)
  const address = personal.commit(arrival.client.address)
  const builder = new Builder(personal, context.printValue, decided.parts.length + decided.advisory.length)
  for (const part of decided.parts) builder.add(part, undefined)
  for (const part of decided.advisory) builder.add(part, true)
  const frame = buildFrame(enforced, context.node, builder)
  const named = context.nameFrame(frame)
  const entry: Entry = {
    assigned: builder.assigned.length === 0 ? undefined : builder.assigned,
    caller: callerTexts,
    client: { address, path: personal.free(arrival.client.path) },
    details: detailsOf(enforced.discharges, personal),
    duration: wholeNumber(decided.duration),
    epoch: String(decided.epoch),
    frame: named.name,
    id: arrival.id,
    kind: 'decision',
    parts: builder.entryParts,
    reason: enforced.kind === 'refused' ? personal.free(enforced.refusal.reason) : undefined,
    time: arrival.now.toISOString(),
    trace: { span: arrival.trace.spanId, trace: arrival.trace.traceId },
    v: 1,
    values: builder.values,
  }
  return { entry, frame, named, openings: personal.openings, systemUser: caller.systemUser, time: arrival.now }
}

/** What was stated and no policy looks at is not recorded, but the ids and texts that are may mention it. */
function noticeAsked(
  { parts, advisory = [] }: Question,
  personal: PersonalValues,
  printValue: EntryContext['printValue'],
): void {
  let noticed: Question['parts'][number]['facts'] | undefined
  for (const asks of [parts, advisory]) {
    for (const { facts } of asks) {
      // parts of one question nearly always share them
      if (facts === noticed) continue
      noticed = facts
      for (const { id, values } of facts) {
        if (isPersonalAttribute(id))
          for (const { dataType, value } of values) personal.notice(printValue(dataType, value))
      }
    }
  }
}

function buildFrame(enforced: Enforced<unknown>, node: string, builder: Builder): Frame {
  const { decided, discharges } = enforced
  const { arrival, caller, question } = decided.collected
  return {
    asked: question.parts.length,
    attributes: builder.attributes,
    caller: {
      issuer: caller.issuer,
      kind: caller.kind,
      level: wholeNumber(caller.level),
      scopes: caller.scopes,
    },
    combine: question.combine,
    decision: decided.decision,
    discharges: discharges.map(({ id, outcome }) => ({ id, outcome })),
    engine: decided.engine,
    kind: 'frame',
    method: arrival.client.method,
    node,
    operation: arrival.operation,
    parts: builder.frameParts,
    policies: builder.policies,
    refusal: enforced.kind === 'refused' ? refusalOf(enforced.refusal) : undefined,
    v: 1,
  }
}

function refusalOf({ code, silent, status }: { code: string; silent: boolean; status: number }): Frame['refusal'] {
  return { code, silent, status }
}

function buildCaller(enforced: Enforced<unknown>, personal: PersonalValues): Entry['caller'] {
  const { caller } = enforced.decided.collected
  const committed = (value: string | undefined) => (value === undefined ? undefined : personal.commit(value))
  const recognised = (value: string | undefined) => (value === undefined ? undefined : personal.free(value))
  // the claims of a person say who it is, under whatever name
  if (caller.kind === 'person')
    for (const { values } of caller.claims) for (const value of values) personal.commit(value)
  const session = committed(caller.sessionId)
  const systemUser = committed(caller.systemUser)
  const token = committed(caller.tokenId)
  return {
    client: recognised(caller.clientId),
    organisation: recognised(caller.organisation),
    session,
    systemUser,
    token,
    vendor: recognised(caller.vendor),
  }
}

function detailsOf(discharges: readonly Discharge[], personal: PersonalValues): (Text | null)[] | undefined {
  if (discharges.every(({ detail }) => detail === undefined)) return undefined
  return discharges.map(({ detail }) => (detail === undefined ? null : personal.free(detail)))
}

/** Above so many attributes, those that are there already are found by a table. */
const fewAttributes = 64

/** Collects parts; attributes and policies that they share are written once. */
class Builder {
  readonly attributes: Frame['attributes'] = []
  readonly policies: Frame['policies'] = []
  readonly frameParts: FramePart[] = []
  readonly entryParts: EntryPart[] = []
  readonly values: Text[][] = []
  readonly assigned: Text[] = []
  readonly #personal: PersonalValues
  readonly #printValue: EntryContext['printValue']
  readonly #hasSeveralParts: boolean
  /** Where each attribute is from. Parts of one question share most facts as objects, so identity finds them. */
  readonly #sources: AttributeFact[] = []
  #firstOf: Map<AttributeFact, number> | undefined

  constructor(personal: PersonalValues, printValue: EntryContext['printValue'], parts: number) {
    this.#hasSeveralParts = parts > 1
    this.#personal = personal
    this.#printValue = printValue
  }

  add(part: DecidedPart, advisory: true | undefined): void {
    const { ask, status } = part
    const recognised = (value: string | undefined) => (value === undefined ? undefined : this.#personal.free(value))
    const attributes: number[] = []
    // attributes first: they may show that a party or an instance names a person
    for (const fact of part.attributes) this.#fact(fact, attributes)
    const obligations = part.obligations.map((obligation) => this.#obligation(obligation))
    const advice = part.advice.length === 0 ? undefined : part.advice.map((advised) => this.#obligation(advised))
    this.frameParts.push({
      advice,
      advisory,
      attributes,
      cache: part.cache,
      codes: status.codes,
      decision: part.decision,
      determining: part.determining,
      missing: status.missingAttributes?.map((missing) => `${missing.category} ${missing.attributeId}`),
      obligations,
      policies: part.policies.map((policy) => this.#policy(policy)),
    })
    this.entryParts.push({
      action: this.#personal.free(ask.action),
      instance: recognised(ask.instance),
      message: recognised(status.message),
      party: recognised(ask.party),
      resource: recognised(ask.resource),
    })
  }

  #fact(fact: AttributeFact, attributes: number[]): void {
    const known = this.#hasSeveralParts ? this.#find(fact) : -1
    if (known === -1) {
      this.#addFact(fact, attributes)
      return
    }
    for (let index = known; this.#sources[index] === fact; index++) attributes.push(index)
  }

  /** The first attribute that was made of a fact; -1 when there is none. */
  #find(fact: AttributeFact): number {
    const sources = this.#sources
    if (sources.length <= fewAttributes) return sources.indexOf(fact)
    if (this.#firstOf === undefined) {
      this.#firstOf = new Map()
      for (const [index, source] of sources.entries()) this.#remember(source, index)
    }
    return this.#firstOf.get(fact) ?? -1
  }

  #remember(fact: AttributeFact, index: number): void {
    if (this.#firstOf?.has(fact) === false) this.#firstOf.set(fact, index)
  }

  /** One attribute per data type; nearly always one. */
  #addFact(fact: AttributeFact, attributes: number[]): void {
    const { values } = fact
    const dataType = values[0]?.dataType ?? stringType
    if (values.length <= 1 || values.every((value) => value.dataType === dataType)) {
      attributes.push(this.#addAttribute(fact, dataType, values))
      return
    }
    for (const each of new Set(values.map((value) => value.dataType))) {
      const ofType = values.filter((value) => value.dataType === each)
      attributes.push(this.#addAttribute(fact, each, ofType))
    }
  }

  #addAttribute(fact: AttributeFact, dataType: string, values: AttributeFact['values']): number {
    const [only] = values
    if (values.length === 1) this.values.push([this.#text(fact.id, dataType, only!.value)])
    else this.values.push(values.map(({ value }) => this.#text(fact.id, dataType, value)))
    const index = this.attributes.push(attributeNamed(fact.category, shortType(dataType), fact.id, fact.issuer)) - 1
    this.#sources.push(fact)
    this.#remember(fact, index)
    return index
  }

  #text(id: string, dataType: string, value: Value): Text {
    return this.#personal.attribute(id, this.#printValue(dataType, value))
  }

  #policy({ hash, id, version }: PolicyVersion): number {
    const known = this.policies.findIndex(
      (policy) => policy.hash === hash && policy.id === id && policy.version === version,
    )
    return known === -1 ? this.policies.push({ hash, id, version }) - 1 : known
  }

  #obligation({ assignments, id }: Obligation): FrameObligation {
    const printed = assignments.map(({ attributeId, category, dataType, issuer, value }) => {
      this.assigned.push(this.#text(attributeId, dataType, value))
      return { category, dataType: shortType(dataType), id: attributeId, issuer }
    })
    return { assignments: printed, id }
  }
}

function shortType(dataType: string): string | undefined {
  return dataType === stringType ? undefined : dataType
}

function wholeNumber(value: number): number {
  return Math.max(0, Math.round(value))
}

/** A v7 id holds its milliseconds, by which a record is found in time order; this far may they be from the record's time. */
export const idTolerance = 60_000

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Milliseconds since 1970 (RFC 9562, section 5.7); undefined when it is not a UUID of version 7 in lower case. */
export function timeOfId(id: string): number | undefined {
  if (!version7.test(id)) return undefined
  const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  return time <= lastTime ? time : undefined
}

/** The end of the year 9999: later times have no ISO form of four digits. */
const lastTime = 253_402_300_799_999

function checkId(id: string, now: Date): void {
  const time = timeOfId(id)
  if (time === undefined) throw new TypeError(`the decision id \`${id}\` is not a UUID of version 7`)
  if (Math.abs(time - now.getTime()) > idTolerance)
    throw new TypeError(`the decision id \`${id}\` was not made at the time of its request, ${now.toISOString()}`)
}
