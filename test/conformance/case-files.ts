/** The files of a case, also where a suite has named them in its own way. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ConformanceCase } from './manifest.ts'

/** The text of a file of a case, or undefined when the case has none of that name. */
export function readCaseFile(folder: string, one: ConformanceCase, name: string): string | undefined {
  const found = findCaseFile(join(folder, one.path), name)
  return found && readFileSync(found, 'utf8')
}

/** The same of a file that has to be there: an `Error` names it. */
export function requireCaseFile(folder: string, one: ConformanceCase, name: string): string {
  const text = readCaseFile(folder, one, name)
  if (text === undefined) throw new Error(`the file \`${join(one.path, name)}\` is missing`)
  return text
}

/** By its name; else the only file that ends with it in any case: `IIA001Policy.xml`, `request.xml`. */
function findCaseFile(folder: string, name: string): string | undefined {
  const exact = join(folder, name)
  if (existsSync(exact)) return exact
  if (name.includes('/') || !existsSync(folder)) return undefined
  const [only, ...more] = readdirSync(folder).filter((file) => file.toLowerCase().endsWith(name.toLowerCase()))
  return only === undefined || more.length > 0 ? undefined : join(folder, only)
}

const repository = /^(ref|reference|referenced|stored)?-?_?(policies|policysets|policy-?_?repository|repository)$/i

/** The policies that references are resolved against, as names below the case: every XML file in its repository folders. */
export function listCasePolicies(folder: string, { path }: ConformanceCase): readonly string[] {
  const base = join(folder, path)
  if (!existsSync(base)) return []
  return readdirSync(base)
    .filter((name) => repository.test(name) && statSync(join(base, name)).isDirectory())
    .flatMap((name) => listXml(base, name))
    .sort()
}

function listXml(base: string, below: string): readonly string[] {
  return readdirSync(join(base, below)).flatMap((name) => {
    const file = `${below}/${name}`
    if (statSync(join(base, file)).isDirectory()) return listXml(base, file)
    return name.toLowerCase().endsWith('.xml') ? [file] : []
  })
}
