/**
 * Who may import whom (design of the folders). A scan of the import lines is enough: there is no dynamic path anywhere, and
 * the type checker knows the rest.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../src')

/** By folder of `src`, or file at its top: what it may import from `src`. Everything may import itself. */
const allowed: Readonly<Record<string, readonly string[] | 'everything'>> = {
  'problems.ts': [],
  'steps.ts': ['problems.ts', 'xacml'],
  'pipeline.ts': ['problems.ts', 'steps.ts'],
  authenticate: ['steps.ts', 'problems.ts', 'pipeline.ts', 'settings'],
  collect: ['steps.ts', 'xacml'],
  decide: ['steps.ts', 'problems.ts', 'xacml'],
  enforce: ['steps.ts', 'problems.ts', 'xacml'],
  record: ['steps.ts', 'problems.ts', 'xacml', 'database'],
  handle: ['steps.ts', 'problems.ts', 'database', 'events'],
  registry: ['database', 'xacml'],
  events: ['database'],
  database: [],
  settings: ['xacml'],
  // the doors call what they serve, and speak to the steps through the pipeline alone
  server: ['steps.ts', 'problems.ts', 'pipeline.ts', 'settings', 'collect', 'registry', 'handle', 'database', 'xacml'],
  xacml: [],
  'index.ts': ['xacml'],
  'main.ts': 'everything',
  wiring: 'everything',
  cli: 'everything',
  'cli.ts': 'everything',
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return filesBelow(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })
}

const roomOf = (path: string): string => relative(root, path).split('/')[0]!

interface Import {
  readonly from: string
  readonly target: string
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) => ({ from: file, target: target! }))
}

const files = filesBelow(root)
const imports = files.flatMap(importsOf)

describe('every room of src keeps to its imports', () => {
  test('every room has a row', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(allowed).sort())
  })

  test.each(Object.keys(allowed))('%s', (room) => {
    const may = allowed[room]!
    if (may === 'everything') return
    const strays = imports
      .filter(({ from, target }) => roomOf(from) === room && target.startsWith('.'))
      .map(({ from, target }) => ({ from: relative(root, from), to: roomOf(resolve(dirname(from), target)) }))
      .filter(({ to }) => to !== room && !may.includes(to))
      .map(({ from, to }) => `${from} imports ${to}`)
    expect(strays).toEqual([])
  })

  test('no step imports another step, and doors decide nothing', () => {
    const steps = ['authenticate', 'collect', 'decide', 'enforce', 'record', 'handle']
    for (const step of steps) {
      const may = allowed[step]
      expect(Array.isArray(may) && may.filter((room) => steps.includes(room))).toEqual([])
    }
    expect(allowed.server).not.toContain('decide')
    expect(allowed.server).not.toContain('enforce')
  })
})

describe('the engine is pure', () => {
  /** Libraries that the engine may use, each in one folder of its own. */
  const libraries: Readonly<Record<string, string>> = {
    'fast-xml-parser': 'xacml/syntax/xml/',
    re2js: 'xacml/patterns/',
    fontoxpath: 'xacml/xpath/',
    slimdom: 'xacml/xpath/',
  }

  test('it imports nothing but itself and a few libraries, each behind one port', () => {
    const strays = imports
      .filter(({ from, target }) => roomOf(from) === 'xacml' && !target.startsWith('.'))
      .filter(({ from, target }) => !relative(root, from).startsWith(libraries[target] ?? '-'))
      .map(({ from, target }) => `${relative(root, from)} imports ${target}`)
    expect(strays).toEqual([])
  })

  test('it has no clock, no randomness, nothing asynchronous', () => {
    const forbidden =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\basync\b|\bawait\b|\bPromise\b|\bglobalThis\b|\bsetTimeout\b/
    const strays = files
      .filter((file) => roomOf(file) === 'xacml')
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line, index) => ({ line: line.replace(/\/\/.*|^\s*\*.*|\/\*.*/, ''), index }))
          .filter(({ line }) => forbidden.test(line.replace(/'[^']*'|`[^`]*`/g, '')))
          .map(({ index }) => `${relative(root, file)}:${index + 1}`),
      )
    expect(strays).toEqual([])
  })
})

describe('the top level holds what the design says and nothing else', () => {
  test('files and folders', () => {
    const known = new Set(
      'package.json package-lock.json tsconfig.json bin src policies schemas test compose.yaml README.md CHANGELOG.md Dockerfile LICENSE node_modules dist coverage'.split(
        ' ',
      ),
    )
    const strays = readdirSync(resolve(root, '..')).filter((name) => !name.startsWith('.') && !known.has(name))
    expect(strays).toEqual([])
  })

  test('dependencies are exact', () => {
    const manifest = JSON.parse(readFileSync(resolve(root, '../package.json'), 'utf8'))
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies }) as string[]
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })
})
