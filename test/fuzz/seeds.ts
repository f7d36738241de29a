/** Valid documents to start from: the policies of the project and the conformance cases that it holds. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

interface Document {
  readonly path: string
  readonly text: string
}

function documentsBelow(folder: string): readonly Document[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:xml|json)$/.test(path) && !path.includes('cases.json') && !path.endsWith('manifest.json'))
    .sort()
    .map((path) => ({ path: join(folder, path), text: readFileSync(join(root, folder, path), 'utf8') }))
}

const documents = [...documentsBelow('policies'), ...documentsBelow('test/conformance/cases')]

const ofKind = (extension: string, root: RegExp): readonly Document[] =>
  documents.filter(({ path, text }) => path.endsWith(extension) && root.test(text))

export const policies = ofKind('.xml', /<(?:\w+:)?Policy(?:Set)?[\s>]/)
export const requests = { xml: ofKind('.xml', /<(?:\w+:)?Request[\s>]/), json: ofKind('Request.json', /"Request"/i) }
export const responses = { xml: ofKind('.xml', /<(?:\w+:)?Response[\s>]/), json: ofKind('.json', /"Response"/) }

/** A policy and a request that were written for each other. */
export interface Pair {
  readonly policy: string
  readonly request: string
}

export const pairs: readonly Pair[] = policies.flatMap(({ path, text }) => {
  const request = requests.xml.find((one) => dirname(one.path) === dirname(path) && /Request\d*\.xml$/.test(one.path))
  return request === undefined ? [] : [{ policy: text, request: request.text }]
})
