/** XACML engines in Java, on the policies and requests measured here (test/bench/peers/README.md): on demand, bounded in time. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Policy, PolicySet } from '../../../src/xacml/model/policy.ts'
import type { Request } from '../../../src/xacml/model/request.ts'
import { printPolicy, printRequestXml } from '../../../src/xacml/syntax/index.ts'
import type { Measured } from './measure.ts'

export interface JavaPeers {
  /** Forgets which engines could not finish a shape. */
  readonly startLadder: () => void
  /** Each engine that finished the smaller shapes of this ladder: one that did not is not asked larger ones. */
  readonly run: (policy: Policy | PolicySet, requests: readonly Request[], milliseconds: number) => readonly JavaRun[]
  readonly close: () => void
}

export type JavaRun = { readonly name: string } & ({ readonly figures: Figures } | { readonly failure: string })

interface Figures {
  readonly version: string
  readonly java: string
  /** Milliseconds. */
  readonly loading: number
  /** Bytes. */
  readonly heap: number
  /** On each request. */
  readonly decisions: readonly string[]
  readonly prepared: Measured
  readonly text: Measured
}

const engines = ['balana', 'authzforce'] as const
/** The others parse XML with what the JDK has. */
const ofBalanaAlone = /[\\/](?:xercesImpl|xml-apis)-/
const buildTime = 300_000
/** For one engine on one shape: starting, loading, warming up and measuring. */
const runTime = 120_000

/** Compiles the harness, outside of the repository. Undefined, with the reason printed, without `java`, `mvn` or network. */
export function buildJavaPeers(): JavaPeers | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'portvakt-peers-'))
  const close = () => rmSync(folder, { recursive: true, force: true })
  const missing = ['java', 'mvn'].find((command) => spawnSync(command, ['-version']).status !== 0)
  const problem = missing === undefined ? build(folder) : `there is no \`${missing}\``
  if (problem !== undefined) {
    console.log(`\nengines in Java are left out: ${problem}`)
    close()
    return undefined
  }
  const jars = readFileSync(join(folder, 'classpath'), 'utf8').trim().split(delimiter)
  const classPathOf = (engine: string) =>
    [join(folder, 'classes'), ...jars.filter((jar) => engine === 'balana' || !ofBalanaAlone.test(jar))].join(delimiter)
  const failed = new Set<string>()

  function run(policy: Policy | PolicySet, requests: readonly Request[], milliseconds: number): readonly JavaRun[] {
    const shape = writeShape(join(folder, 'shape'), policy, requests)
    return engines
      .filter((name) => !failed.has(name))
      .map((name) => {
        const outcome = measureIn(classPathOf(name), name, shape, milliseconds)
        if ('failure' in outcome) failed.add(name)
        return outcome
      })
  }

  return { startLadder: () => failed.clear(), run, close }
}

function build(folder: string): string | undefined {
  const pom = fileURLToPath(new URL('../peers/pom.xml', import.meta.url))
  const { status, stdout } = spawnSync('mvn', ['-q', '-B', '-f', pom, `-Dbuild.folder=${folder}`, 'compile'], {
    encoding: 'utf8',
    timeout: buildTime,
  })
  return status === 0 ? undefined : `mvn could not build them: ${firstError(stdout)}`
}

const firstError = (text: string): string =>
  text.split('\n').find((line) => line.includes('ERROR')) ?? 'no reason given'

function writeShape(folder: string, policy: Policy | PolicySet, requests: readonly Request[]): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'policy'), { recursive: true })
  mkdirSync(join(folder, 'requests'))
  writeFileSync(join(folder, 'policy', 'policy.xml'), printPolicy(policy))
  requests.forEach((request, i) => {
    writeFileSync(join(folder, 'requests', `${String(i).padStart(4, '0')}.xml`), printRequestXml(request))
  })
  return folder
}

function measureIn(classPath: string, name: string, shape: string, milliseconds: number): JavaRun {
  const argv = ['-Xmx2g', '-Djavax.xml.accessExternalSchema=all', '-cp', classPath, 'peers.Main', name, shape]
  const { status, stdout, stderr, error } = spawnSync('java', [...argv, String(milliseconds)], {
    encoding: 'utf8',
    timeout: runTime,
  })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') {
    return { name, failure: `not done within ${runTime / 1_000} s; larger shapes are left out` }
  }
  const last = stdout.trim().split('\n').at(-1) ?? ''
  if (status !== 0 || !last.startsWith('{')) {
    return { name, failure: `${stderr.trim().split('\n')[0] ?? 'no reason given'}; larger shapes are left out` }
  }
  return { name, figures: JSON.parse(last) as Figures }
}
