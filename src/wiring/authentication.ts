/** The issuers whose tokens are taken, and the one that is made here for development. */
import { type Authenticate, createAuthenticator } from '../authenticate/authenticate.ts'
import { anonymous } from '../authenticate/caller.ts'
import { createDevelopmentIssuer, type DevelopmentIssuer } from '../authenticate/development-issuer.ts'
import type { Observation } from '../server/observation/observe.ts'
import type { Settings } from '../settings/settings.ts'
import { prepareFolder } from './unusable.ts'

export const issuerPath = '/development'

export async function openIssuer(settings: Settings, url: string): Promise<DevelopmentIssuer | undefined> {
  if (!settings.developmentIssuer) return undefined
  const { host, issuers, dataFolder } = settings
  await prepareFolder('dataFolder', 'PORTVAKT_DATA_FOLDER', 'data folder', dataFolder)
  const issuer = await createDevelopmentIssuer({ issuer: url + issuerPath, host, issuers, dataFolder })
  if (issuer.kind === 'development-issuer-refused') throw new Error(issuer.detail)
  return issuer
}

/** No token at all is nobody in particular: the policy says what they may, which is to read what is public. */
export async function openAuthenticator(
  settings: Settings,
  issuer: DevelopmentIssuer | undefined,
  { keysFetched }: Observation,
): Promise<Authenticate> {
  const authenticate = await createAuthenticator({
    issuers: issuer === undefined ? settings.issuers : [issuer.settings],
    clockSkew: settings.clockSkewSeconds,
    allowInsecureLoopback: settings.developmentIssuer,
    keysFetched,
  })
  return async (arrival) =>
    arrival.authorization === undefined ? { kind: 'authenticated', arrival, caller: anonymous } : authenticate(arrival)
}
