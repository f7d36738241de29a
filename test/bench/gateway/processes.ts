/** The servers that are measured: child processes with data folders of their own, and what they use of the machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `test/bench/gateway` of the compiled tree. */
const here = dirname(fileURLToPath(import.meta.url))
const compiled = join(here, '..', '..', '..')
const repository = join(compiled, '..', '..', '..')

export type Program = 'product' | 'bare'

const programs: Readonly<Record<Program, readonly string[]>> = {
  product: [join(compiled, 'src', 'cli.js'), 'start'],
  bare: [join(here, 'bare.js')],
}

export interface ServerOptions {
  readonly program: Program
  readonly environment?: Readonly<Record<string, string>>
  /** Its own new folder when left out; that one is removed with `stop`. */
  readonly dataFolder?: string
  /** Folder for a profile of the processor, written when the server stops. */
  readonly profile?: string | undefined
}

export interface Usage {
  /** Seconds of processor time so far: the server, and the database it started. */
  readonly node: number
  readonly database: number
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly dataFolder: string
  /** Milliseconds from the start of the process to its first answer. */
  readonly startedIn: number
  usage(): Promise<Usage>
  /** MiB: now, and at most so far. */
  resident(): Promise<{ readonly now: number; readonly peak: number }>
  stop(): Promise<void>
}

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'portvakt-bench-'))

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const dataFolder = options.dataFolder ?? (await newFolder())
  const flags = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const started = performance.now()
  const child = spawn(process.execPath, [...flags, ...programs[options.program]], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORTVAKT_PORT: '0',
      PORTVAKT_DATA_FOLDER: dataFolder,
      PORTVAKT_POLICIES_FOLDER: join(repository, 'policies'),
      ...options.environment,
    },
  })
  const url = await listening(child)
  await fetch(`${url}/health`)
  const startedIn = performance.now() - started
  return {
    url,
    port: Number(new URL(url).port),
    dataFolder,
    startedIn,
    usage: () => usageOf(child.pid!, dataFolder),
    resident: () => residentOf(child.pid!),
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** The address, from the line that the server prints. */
async function listening(child: ChildProcess): Promise<string> {
  let text = ''
  const found = new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-4096)
      const url = /listens on (http:\/\/\S+)/.exec(text)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)))
  })
  return found
}

const ticksPerSecond = 100

async function usageOf(pid: number, dataFolder: string): Promise<Usage> {
  const postmaster = Number.parseInt(await readFile(join(dataFolder, 'database', 'postmaster.pid'), 'utf8'), 10)
  let node = 0
  let database = 0
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => undefined)
    if (stat === undefined) continue
    // the name of a program may hold anything: fields are counted from its closing parenthesis
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const seconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    if (Number(name) === pid) node += seconds
    else if (Number(name) === postmaster || Number(fields[1]) === postmaster) database += seconds
  }
  return { node, database }
}

async function residentOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1')
  const mebibytes = (field: string): number =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') }
}
