/** What the demo is played on: calls to the gateway, each printed as one line, and a count of what went wrong. */
import type { Gateway } from '../../main.ts'
import { visible } from '../visible.ts'

export interface Stage {
  readonly url: string
  /** Nothing more is played once it is aborted. */
  readonly signal: AbortSignal
  steps: number
  failures: number
  token(
    kind: 'organisation' | 'system-user' | 'service-owner',
    given: Readonly<Record<string, string>>,
  ): Promise<string>
}

export function createStage({ url, issuer }: Gateway, signal: AbortSignal): Stage {
  if (issuer === undefined)
    throw new Error('the demo mints its own tokens; it cannot run with a real issuer configured')
  return {
    url,
    signal,
    steps: 0,
    failures: 0,
    async token(kind, given) {
      const response = await fetch(`${issuer.issuer}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind, ...given }),
        signal,
      })
      const body = (await response.json()) as { access_token?: string }
      if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`)
      return body.access_token
    },
  }
}

export const say = (text: string): void => {
  process.stdout.write(`${visible(text)}\n`)
}

/** What a request carries: JSON, or bytes of some type, or a form. */
export interface Sent {
  readonly json?: unknown
  readonly body?: Uint8Array | FormData
  readonly type?: string
}

export interface Answered {
  readonly status: number
  readonly json: unknown
  readonly bytes: Uint8Array
}

/**
 * One request, one printed line; a refusal is printed with its code.
 * @param line method and path
 * @param expected the status that shows that everything is right, refusals included
 */
export type Player = (what: string, line: string, expected: number, sent?: Sent) => Promise<Answered>

/** Somebody who plays, with a token or without. */
export function player(stage: Stage, who: string, token?: string): Player {
  return async (what, line, expected, sent = {}) => {
    stage.signal.throwIfAborted()
    const answered = await request(stage, line, token, sent)
    stage.steps++
    const right = answered.status === expected
    if (!right) stage.failures++
    const { code, detail } = (answered.json ?? {}) as { code?: string; detail?: string }
    const remark = code === undefined ? '' : `  ${code} ${detail}`
    say(`  ${right ? '✓' : `✗ expected ${expected}`} ${who.padEnd(14)} ${what}`)
    say(`      ${line} → ${answered.status}${remark}`)
    return answered
  }
}

async function request(
  { url, signal }: Stage,
  line: string,
  token: string | undefined,
  { json, body, type }: Sent,
): Promise<Answered> {
  const [method = '', path = ''] = line.split(' ')
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(type === undefined ? {} : { 'content-type': type }),
  }
  const content = json === undefined ? body : JSON.stringify(json)
  const response = await fetch(url + path, {
    method,
    headers,
    signal,
    ...(content === undefined ? {} : { body: content as BodyInit }),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, bytes, json: parseJson(bytes) }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

export function check(stage: Stage, what: string, right: boolean): void {
  stage.steps++
  if (!right) stage.failures++
  say(`  ${right ? '✓' : '✗'} ${what}`)
}
