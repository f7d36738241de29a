/**
 * The engine's benchmark: `npx tsx --expose-gc test/bench/engine/run.ts [--seed=1] [--milliseconds=1000] [--only=hospital]
 * [--peers]`.
 * Everything of one shape is measured in one run, side by side, on the same policies and requests.
 */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { checkPolicy } from '../../../src/xacml/checking/check-policy.ts'
import { type CompiledPolicy, type CompileOptions, compile } from '../../../src/xacml/compiling/compile.ts'
import { decide } from '../../../src/xacml/compiling/decide.ts'
import { evaluate } from '../../../src/xacml/compiling/evaluate.ts'
import { createPolicyIndex } from '../../../src/xacml/compiling/policy-index.ts'
import { type PreparedRequest, prepare } from '../../../src/xacml/compiling/prepare.ts'
import { restorePolicy, storePolicy } from '../../../src/xacml/compiling/stored-policy.ts'
import { createVocabulary } from '../../../src/xacml/compiling/vocabulary.ts'
import { evaluatePlain } from '../../../src/xacml/evaluating/evaluate-plain.ts'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import type { Policy, PolicySet } from '../../../src/xacml/model/policy.ts'
import type { Request } from '../../../src/xacml/model/request.ts'
import { buildResolver } from '../../../src/xacml/references/repository.ts'
import {
  parsePolicy,
  parseRequestJson,
  parseRequestXml,
  printPolicy,
  printRequestXml,
  printResponseJson,
  printResponseXml,
} from '../../../src/xacml/syntax/index.ts'
import { action, actionId, attribute, policySet, request, resource, subject } from './build.ts'
import { deepPolicySet, deepRequests } from './deep.ts'
import { hospital, hospitalCells, hospitalQuestions, hospitalRequest } from './hospital.ts'
import { buildJavaPeers, type JavaRun } from './java-peers.ts'
import { cpuTime, heapOf, type Measured, measure } from './measure.ts'
import { casbin, cedar } from './peers.ts'
import { createRandom } from './random.ts'
import { resourcePolicy, resourceRequests, shapeOf } from './resources.ts'
import { rulesPolicy, rulesRequests } from './rules.ts'

const setting = (name: string, otherwise: string): string =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise

const seed = Number(setting('seed', '1'))
const milliseconds = Number(setting('milliseconds', '1000'))
const only = setting('only', '')
/** The engines in Java take minutes, and a JDK, Maven and the network: only where they are asked for. */
const java = process.argv.includes('--peers') ? buildJavaPeers() : undefined
const now = '2026-01-01T12:00:00Z'
const options = { now }
/** Policies larger than the limit on one document: the index and the scan get as far as they need. */
const limits = { ...defaultLimits, policyElements: 100_000, steps: 100_000_000 }

/* ── shapes ──────────────────────────────────────────────────────────────────────────────────────────────────── */

async function hospitalLadder(): Promise<void> {
  java?.startLadder()
  for (const size of [1, 5, 50, 100, 300]) {
    const questions = hospitalQuestions(size, 500, createRandom(seed))
    const requests = questions.map(hospitalRequest)
    const policy = hospital(size)
    const name = `hospital-${size}, ${policy.children.length} policies`
    compareEngines(name, policy, requests)
    const peers = [await cedar(hospitalCells(size), questions), await casbin(hospitalCells(size), questions)]
    for (const peer of peers) if (peer !== undefined) printRow(`  ${peer.name}`, peer.run(milliseconds))
    compareWithJava(policy, requests)
  }
}

function resources(): void {
  java?.startLadder()
  for (const size of [1, 10, 100, 1_000, 10_000]) {
    const random = createRandom(seed)
    const shapes = Array.from({ length: size }, (_, i) => shapeOf(i, random))
    const policies = shapes.map((shape) => resourcePolicy(shape, random))
    const requests = resourceRequests(shapes, 500, random)
    if (size === 1) compareEngines('resource policy of median shape', policies[0]!, requests)
    const all = policySet(`resource-${size}`, { children: policies })
    compareEngines(`resource-${size}`, all, requests)
    if (size <= 1_000) compareWithJava(all, requests)
  }
}

/** The gateway's own policies around an uploaded one: what a request to the gateway costs. */
function gateway(): void {
  const read = (name: string) => parsed(readFileSync(new URL(`../../../policies/${name}`, import.meta.url), 'utf8'))
  const uploaded = 'urn:portvakt:policyset:resource'
  const policy = compiled(read('gateway.xml'), {
    open: new Set([uploaded]),
    resolve: buildResolver([read('administration.xml')]),
  })
  const bound = compiled(policySet(uploaded, { children: [read('examples/broker-base/policy.xml')] }))
  const bindings = new Map([[uploaded, bound]])
  const request = prepare(gatewayRequest)
  printTitle(`gateway.xml around one uploaded policy: ${decide(policy, request, { now, bindings }).decision}`)
  printRow(
    '  compiled',
    measure(() => decide(policy, request, { now, bindings }), milliseconds),
  )
}

const gatewayRequest = request(
  {
    category: subject,
    attributes: [
      attribute('urn:portvakt:subject:kind', 'organisation'),
      attribute('urn:altinn:organization:identifier-no', '910753614'),
      attribute('urn:portvakt:subject:acts-for', '910753614'),
      attribute('urn:scope', 'altinn:broker.write', 'altinn:broker.read'),
    ],
  },
  {
    category: resource,
    attributes: [
      attribute('urn:altinn:resource', 'demo-file-transfer'),
      attribute('urn:altinn:organization:identifier-no', '910753614'),
      attribute('urn:portvakt:access-list-mode', 'Disabled'),
    ],
  },
  {
    category: action,
    attributes: [attribute(actionId, 'write'), attribute('urn:portvakt:operation', 'initialize')],
  },
)

function jsonToJson(): void {
  const random = createRandom(seed)
  const shape = shapeOf(1, random)
  const policy = compiled(resourcePolicy(shape, random))
  const texts = resourceRequests([shape], 500, random).map(asClientsWriteIt)
  printTitle(`JSON text to JSON text, median request of ${texts[0]!.length} bytes`)
  printRow(
    '  in process',
    measure((i) => throughText(policy, texts[i % texts.length]!), milliseconds, 10),
  )
}

/** Without what the JSON profile lets a client leave out: data types of strings, and flags that are false. */
function asClientsWriteIt({ categories }: Request): string {
  const Category = categories.map(({ category, attributes }) => ({
    CategoryId: category,
    Attribute: attributes.map(({ id, values }) => ({ AttributeId: id, Value: values.map(({ value }) => value)[0] })),
  }))
  return JSON.stringify({ Request: { Category } })
}

function throughText(policy: CompiledPolicy, text: string): string {
  const request = parseRequestJson(text)
  if (!request.ok) throw new Error(request.problems[0].message)
  return printResponseJson(evaluate(policy, request.value, options))
}

function rules(): void {
  for (const size of [400, 800, 1_600, 4_000]) {
    for (const multiValued of [false, true]) {
      const random = createRandom(seed)
      const policy = rulesPolicy(size, random)
      compareEngines(
        `rules-${size}, ${multiValued ? 'multi-valued' : 'single-valued'}`,
        policy,
        rulesRequests(500, multiValued, random),
      )
    }
  }
}

function deep(): void {
  const random = createRandom(seed)
  compareEngines('deep', deepPolicySet(random), deepRequests(500, random))
}

function loading(): void {
  const count = 10_000
  const random = createRandom(seed)
  const texts = Array.from({ length: count }, (_, i) => printPolicy(resourcePolicy(shapeOf(i, random), random)))
  const length = Math.round(texts.reduce((sum, text) => sum + text.length, 0) / count)
  printTitle(`loading ${count} policies of ${length} bytes of XML`)
  const fromXml = heapOf(() => cpuTime(() => texts.map((text) => compiled(parsedAndChecked(text)))))
  printLoaded('from XML, parsed, checked and compiled', fromXml.value, fromXml.bytes)
  const stored = texts.map((text) => storePolicy(parsed(text)))
  const fromStored = heapOf(() => cpuTime(() => stored.map((text) => compiled(restorePolicy(text)!))))
  printLoaded('from the stored form', fromStored.value, fromStored.bytes)

  function printLoaded(name: string, { ms, result }: { ms: number; result: readonly unknown[] }, bytes?: number): void {
    const heap = bytes === undefined ? '' : `, ${Math.round(bytes / result.length)} bytes of heap each`
    console.log(`  ${name}: ${ms.toFixed(0)} ms of processor time${heap}`)
  }
}

function changing(): void {
  const random = createRandom(seed)
  const vocabulary = createVocabulary()
  const index = createPolicyIndex(policySet('repository', {}), { vocabulary })
  const policies = Array.from({ length: 10_000 }, (_, i) =>
    compiled(resourcePolicy(shapeOf(i, random), random), { vocabulary }),
  )
  printTitle('a repository of 10,000 policies that change one by one')
  const filled = cpuTime(() => policies.forEach((policy, i) => void index.put(String(i), policy)))
  console.log(`  put in one by one: ${filled.ms.toFixed(0)} ms of processor time`)
  const replace = (i: number) => index.put(String(i % policies.length), policies[i % policies.length]!)
  printRow('  replace one', measure(replace, milliseconds, 10))
}

/* ── engines side by side ────────────────────────────────────────────────────────────────────────────────────── */

function compareEngines(name: string, policy: Policy | PolicySet, requests: readonly Request[]): void {
  const built = heapOf(() => cpuTime(() => compiled(policy)))
  const indexed = built.value.result
  const prepared = requests.map((request) => prepare(request, indexed.vocabulary))
  printTitle(`${name}: ${sharesOf(indexed, prepared)}`)
  printBuilt(built.value.ms, built.bytes)
  const quick = measure((i) => decide(indexed, prepared[i % prepared.length]!, options), milliseconds)
  printRow('  compiled and indexed', quick)
  printRow(
    '  the same, preparing too',
    measure((i) => prepareAndDecide(indexed, requests[i % requests.length]!), milliseconds),
  )
  const scan = compiled(policy, { index: false })
  const ofScan = requests.map((request) => prepare(request, scan.vocabulary))
  const slow = measure((i) => decide(scan, ofScan[i % ofScan.length]!, { now, limits }), milliseconds, 5)
  printRow('  compiled, index off', slow, `${(slow.p50 / quick.p50).toFixed(0)} times the indexed`)
  printRow(
    '  plain',
    measure((i) => evaluatePlain(policy, requests[i % requests.length]!, { now, limits }), milliseconds, 1),
  )
}

/** Requests in their XML form, because that is the form that all of them read; and the decision on each of them. */
function compareWithJava(policy: Policy | PolicySet, requests: readonly Request[]): void {
  if (java === undefined) return
  const own = compiled(policy)
  const decisions = requests.map((request) => evaluate(own, request, options).results[0]!.decision)
  const texts = requests.map(printRequestXml)
  printRow(
    '  XML text to XML text',
    measure((i) => throughXml(own, texts[i % texts.length]!), milliseconds, 10),
  )
  for (const run of java.run(policy, requests, milliseconds)) printJavaRun(run, decisions)
}

function throughXml(policy: CompiledPolicy, text: string): string {
  const request = parseRequestXml(text)
  if (!request.ok) throw new Error(request.problems[0].message)
  return printResponseXml(evaluate(policy, request.value, options))
}

const prepareAndDecide = (policy: CompiledPolicy, request: Request) =>
  decide(policy, prepare(request, policy.vocabulary), options)

function compiled(policy: Policy | PolicySet, more: CompileOptions = {}): CompiledPolicy {
  const outcome = compile(policy, more)
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  return outcome.value
}

function parsed(text: string): Policy | PolicySet {
  const policy = parsePolicy(text)
  if (!policy.ok) throw new Error(policy.problems[0].message)
  return policy.value
}

function parsedAndChecked(text: string): Policy | PolicySet {
  const policy = parsed(text)
  const wrong = checkPolicy(policy, { limits: defaultLimits }).find(({ severity }) => severity === 'error')
  if (wrong !== undefined) throw new Error(wrong.message)
  return policy
}

/* ── printing ────────────────────────────────────────────────────────────────────────────────────────────────── */

function printHeader(): void {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`
  console.log(`portvakt ${version}, node ${process.version}, ${machine}; one thread; seed ${seed}`)
  console.log('times per decision in nanoseconds, over the means of blocks')
}

async function section(name: string, run: () => void | Promise<void>): Promise<void> {
  if (only === '' || only === name) await run()
}

const printTitle = (title: string) => console.log(`\n${title}`)

function printBuilt(ms: number, bytes: number | undefined): void {
  const heap = bytes === undefined ? 'run with --expose-gc for the heap' : `${(bytes / 1e6).toFixed(2)} MB of heap`
  console.log(`  compiled in ${ms.toFixed(0)} ms of processor time, ${heap}`)
}

function printRow(name: string, { p50, p90, p99, throughput }: Measured, note = ''): void {
  const number = (value: number) => Math.round(value).toLocaleString('en').padStart(12)
  console.log(
    `${name.padEnd(28)} p50${number(p50)}  p90${number(p90)}  p99${number(p99)}  ${number(throughput)}/s  ${note}`,
  )
}

function printJavaRun(run: JavaRun, decisions: readonly string[]): void {
  if ('failure' in run) {
    console.log(`  ${run.name}: ${run.failure}`)
    return
  }
  const { name, figures } = run
  const heap = `${(figures.heap / 1e6).toFixed(1)} MB of heap`
  console.log(`  ${name} ${figures.version} (${figures.java}): loaded in ${figures.loading} ms, ${heap}`)
  printRow(`  ${name}, prepared`, figures.prepared)
  printRow(`  ${name}, XML to XML`, figures.text)
  console.log(`  ${name}: ${differences(figures.decisions, decisions)}; ${shares(figures.decisions)}`)
}

/** Engines that do not decide alike are not compared by their speed. */
function differences(theirs: readonly string[], ours: readonly string[]): string {
  const different = ours.flatMap((decision, i) => (theirs[i] === decision ? [] : [i]))
  const [first] = different
  if (first === undefined) return `the same decision on each of ${ours.length} requests`
  process.exitCode = 1
  return `ANOTHER DECISION on ${different.length} requests, first ${first}: ${theirs[first]}, here ${ours[first]}`
}

function sharesOf(policy: CompiledPolicy, prepared: readonly PreparedRequest[]): string {
  return shares(prepared.map((request) => decide(policy, request, options).decision))
}

function shares(decisions: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const decision of decisions) counts.set(decision, (counts.get(decision) ?? 0) + 1)
  return [...counts]
    .map(([decision, count]) => `${((count * 100) / decisions.length).toFixed(0)} % ${decision}`)
    .join(', ')
}

/* ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────── */

printHeader()
await section('hospital', hospitalLadder)
await section('resources', resources)
await section('gateway', gateway)
await section('json', jsonToJson)
await section('rules', rules)
await section('deep', deep)
await section('loading', loading)
await section('changing', changing)
java?.close()
