/** The signing key of the development issuer: made at first start and kept in the data folder, or in memory only. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

export interface DevelopmentKey {
  readonly privateKey: CryptoKey
  /** With `kid`, `alg` and `use`, as in a key set. */
  readonly publicJwk: JWK
  readonly keyId: string
}

export const developmentKeyFile = 'development-issuer.jwk.json'

/** The key of a data folder, made when there is none. Two processes that start at once get the same one. */
export const loadDevelopmentKey = async (folder: string): Promise<DevelopmentKey> => {
  const path = join(folder, developmentKeyFile)
  const kept = await readKeyFile(path)
  if (kept !== undefined) return kept
  await mkdir(folder, { recursive: true })
  await writeKeyFile(path, await createPrivateJwk())
  const written = await readKeyFile(path)
  if (written === undefined) throw new Error(`\`${path}\` vanished while it was being written`)
  return written
}

/** A key that dies with the process. */
export const createDevelopmentKey = async (): Promise<DevelopmentKey> => keyOf(await createPrivateJwk())

const createPrivateJwk = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return exportJWK(privateKey)
}

const keyOf = async (jwk: JWK): Promise<DevelopmentKey> => {
  const { kty, crv, x, y } = jwk
  if (kty !== 'EC' || crv !== 'P-256' || jwk.d === undefined || x === undefined || y === undefined)
    throw new Error('the key of the development issuer is not a private P-256 key; delete the file to get a new one')
  const keyId = await calculateJwkThumbprint({ kty, crv, x, y })
  const privateKey = await importJWK(jwk, 'ES256')
  if (privateKey instanceof Uint8Array) throw new Error('the key of the development issuer is not an asymmetric key')
  return { privateKey, keyId, publicJwk: { kty, crv, x, y, kid: keyId, alg: 'ES256', use: 'sig' } }
}

const readKeyFile = async (path: string): Promise<DevelopmentKey | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  })
  if (text === undefined) return undefined
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new Error(`\`${path}\` can be read by other accounts; run \`chmod 600\` on it, or delete it to get a new key`)
  return keyOf(parseKey(text, path))
}

const parseKey = (text: string, path: string): JWK => {
  try {
    return JSON.parse(text) as JWK
  } catch {
    // the cause is left out on purpose: its text quotes the key
    throw new Error(`\`${path}\` is not JSON; delete it to get a new key`)
  }
}

/** Complete or not there: written aside, then linked to its name, which fails when another process was first. */
const writeKeyFile = async (path: string, jwk: JWK): Promise<void> => {
  const aside = `${path}.${randomUUID()}`
  const file = await open(aside, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(jwk)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(aside, path)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
  } finally {
    await rm(aside, { force: true })
  }
}

const isSystemError = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
