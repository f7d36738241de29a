/** A command, run in this process as the command line runs it, with what it prints caught. */
import { runCommand } from '../../src/cli/run.ts'
import type { Stop } from '../../src/cli/stop.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function run(...argv: readonly string[]): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const code = await runCommand(argv, {
    print: async (text) => void out.push(text),
    complain: async (text) => void err.push(text),
    listen: () => never,
  })
  return { code, out: out.join(''), err: err.join('') }
}

/** Nobody says stop. */
const never: Stop = {
  signal: new AbortController().signal,
  reason: () => undefined,
  asked: new Promise(() => {}),
  outputLost: () => {},
}
