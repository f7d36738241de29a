/**
 * Material that lies outside of the project: the OASIS schema and the public conformance cases. Tests that compare with it
 * skip, saying so, where it is absent. `SHARED_FOLDER` says where it is; otherwise a folder `shared` beside the repository.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { XmlBufferInputProvider, XmlDocument, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm'

const root = resolve(import.meta.dirname, '../../..')
const shared = process.env.SHARED_FOLDER ?? resolve(root, '../shared')

const schemaPath = join(shared, 'reference/xacml-core-v3.xsd')
const casesPath = join(shared, 'conformance/xacml3')

export const schemaIsAbsent = existsSync(schemaPath) ? false : `the OASIS schema is not at ${schemaPath}`
export const casesAreAbsent = existsSync(casesPath) ? false : `the conformance cases are not at ${casesPath}`

/** Says whether the OASIS schema allows a document. */
export function schemaOracle(): (text: string) => boolean {
  xmlRegisterInputProvider(new XmlBufferInputProvider({ 'xml.xsd': readFileSync(join(shared, 'reference/xml.xsd')) }))
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(readFileSync(schemaPath, 'utf8')))
  return (text) => {
    let document: XmlDocument | undefined
    try {
      document = XmlDocument.fromString(text)
      validator.validate(document)
      return true
    } catch {
      return false
    } finally {
      document?.dispose()
    }
  }
}

/** Paths, below the folder of cases, of the files whose name ends so. */
export function caseFiles(ending: string): readonly string[] {
  if (casesAreAbsent !== false) return []
  return readdirSync(casesPath, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(ending))
}

export const readCase = (path: string): string => readFileSync(join(casesPath, path), 'utf8')

export interface Case {
  readonly id: string
  readonly expect: { readonly outcome: string; readonly alternatives?: readonly string[]; readonly status?: unknown }
  readonly disputed?: string
  readonly flags?: readonly string[]
}

export function manifest(): readonly Case[] {
  if (casesAreAbsent !== false) return []
  return (JSON.parse(readFileSync(join(casesPath, 'manifest.json'), 'utf8')) as { cases: readonly Case[] }).cases
}
