/** The signature algorithms that an issuer may be allowed: asymmetric ones only, so that a public key can never serve as a shared secret. */
export const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number]

export const isSignatureAlgorithm = (name: string): name is SignatureAlgorithm =>
  (signatureAlgorithms as readonly string[]).includes(name)
