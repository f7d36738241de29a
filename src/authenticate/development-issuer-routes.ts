/** The development issuer over HTTP: metadata, keys and the token endpoint, to be mounted at the path of its address. */
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { isLoopback } from '../settings/loopback.ts'
import type { DevelopmentIssuer } from './development-issuer.ts'
import { readTokenRequest } from './token-request.ts'

/** Bytes of a token request. */
const maxBody = 8 * 1024

export const developmentIssuerRoutes = (issuer: DevelopmentIssuer, now: () => Date): Hono => {
  const routes = new Hono()
  // a web page whose name has been made to resolve to this machine still sends its own name
  routes.use(async (context, next) => {
    const host = context.req.header('host') ?? ''
    if (!isLoopback(host.replace(/:\d+$/, ''))) return context.json({ error: 'access_denied' }, 403)
    context.header('cache-control', 'no-store')
    return next()
  })
  routes.get('/.well-known/openid-configuration', (context) => context.json(issuer.metadata))
  routes.get('/.well-known/oauth-authorization-server', (context) => context.json(issuer.metadata))
  routes.get('/jwks', (context) => context.json(issuer.jwks))
  routes.post(
    '/token',
    bodyLimit({ maxSize: maxBody, onError: (context) => context.json(invalidRequest('the body is too large'), 413) }),
    async (context) => {
      const given = readBody(context.req.header('content-type') ?? '', await context.req.text())
      if (given === undefined) return context.json(invalidRequest('send a form or a JSON object'), 400)
      const read = readTokenRequest(given)
      if (read.kind === 'invalid') return context.json(invalidRequest(read.detail), 400)
      return context.json({ ...(await issuer.mint(read.request, now())) })
    },
  )
  return routes
}

/** RFC 6749 section 5.2. */
const invalidRequest = (detail: string) => ({ error: 'invalid_request', error_description: detail })

const readBody = (contentType: string, text: string): Readonly<Record<string, unknown>> | undefined => {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text))
  if (type !== 'application/json') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
