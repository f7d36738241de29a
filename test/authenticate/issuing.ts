/** Real keys, real tokens and a real issuer on loopback for the tests of this folder. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Arrival } from '../../src/steps.ts'

export const now = new Date('2026-03-01T12:00:00Z')
export const seconds = now.getTime() / 1000
export const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)

export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export const createKey = async (kid: string, alg = 'ES256'): Promise<SigningKey> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export const issuer = 'https://issuer.test/'

/** A good token with the given claims on top; `undefined` takes a claim away. */
export const sign = (
  key: SigningKey,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> =>
  new SignJWT({ iss: issuer, exp: seconds + 600, iat: seconds, jti: 'id-1', ...claims })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey)

export const arrivalWith = (authorization: string | undefined, at = now): Arrival => ({
  id: '01958000-0000-7000-8000-000000000000',
  now: at,
  operation: 'download',
  authorization,
  client: { address: '127.0.0.1', method: 'GET', path: '/' },
  trace: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
})

export const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export interface IssuerServer {
  readonly address: string
  /** Paths asked for, in order. */
  readonly asked: string[]
  answer: (request: IncomingMessage, response: ServerResponse) => void
  close(): Promise<void>
}

export const startIssuerServer = async (): Promise<IssuerServer> => {
  const asked: string[] = []
  const started: IssuerServer = {
    address: '',
    asked,
    answer: (_, response) => response.writeHead(404).end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    started.answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(started, { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

export const json = (response: ServerResponse, value: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
