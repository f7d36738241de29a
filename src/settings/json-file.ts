import { readFileSync } from 'node:fs'
import { readJson } from '../xacml/syntax/json/read-json.ts'

/** Why a file cannot be read, for whoever named it. It quotes nothing of the file, which may hold secrets. */
export class UnreadableFile extends Error {}

/** Throws `UnreadableFile`. */
export function readJsonFile(path: string): unknown {
  const text = readText(path).replace(/^\ufeff/, '')
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new UnreadableFile(`it is not JSON${placeOf(text)}`)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this account may not read it',
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code)
    throw new UnreadableFile(reasons[code] ?? code)
  }
}

/** Where it stops being JSON. `JSON.parse` does not always say, and when it does it quotes. */
function placeOf(text: string): string {
  if (text.trim() === '') return '; it is empty'
  const read = readJson(text, { characters: 1_000_000, depth: 1_000 })
  const position = read.ok ? undefined : read.problems[0].at
  return position === undefined ? '' : ` at line ${position.line}, column ${position.column}`
}
