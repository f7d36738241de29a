/** A whole gateway as a process of its own, as an operator starts it, with everything embedded. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Client, callAt, type Environment, type TokenOptions } from './gateway.ts'

export interface GatewayProcess extends Client {
  readonly child: ChildProcess
  /** Everything that it has written so far. */
  output(): string
  /** Resolves with the exit code, or the name of the signal. */
  readonly ended: Promise<number | string>
  kill(signal: NodeJS.Signals): void
}

const folder = join(import.meta.dirname, '..', '..')

/** Starts it without waiting; `ended` says when it is over. */
export function spawnGateway(dataFolder: string, environment: Environment = {}) {
  const given: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env))
    if (!/^PORTVAKT_|^(DATABASE|REDIS)_URL$|^PORT$/.test(name)) given[name] = value
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'start'], {
    cwd: folder,
    env: { ...given, PORTVAKT_PORT: '0', PORTVAKT_DATA_FOLDER: dataFolder, PORTVAKT_LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const heard: (() => void)[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      for (const hear of heard) hear()
    })
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'nothing')),
  )
  return { child, ended, output: () => output, heard }
}

/** Resolves when it listens; fails with what it has written when it ends before. */
export async function startGateway(dataFolder: string, environment: Environment = {}): Promise<GatewayProcess> {
  const { child, ended, output, heard } = spawnGateway(dataFolder, environment)
  const url = await new Promise<string>((resolve, reject) => {
    heard.push(() => {
      const [, found] = /listens on (http:\/\/\S+)/.exec(output()) ?? []
      if (found !== undefined) resolve(found)
    })
    void ended.then((end) => reject(new Error(`the gateway ended with ${end}: ${output()}`)))
  })
  return {
    child,
    ended,
    output,
    url,
    port: Number(new URL(url).port),
    kill: (signal) => void child.kill(signal),
    call: (method, path, options) => callAt(url, method, path, options),
    async token(organisation: string, scope: string, { at: _, ...more }: TokenOptions = {}) {
      const response = await fetch(`${url}/development/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'organisation', organisation, scope, ...more }),
      })
      return ((await response.json()) as { access_token: string }).access_token
    },
  }
}
