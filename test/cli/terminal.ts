/** A command, run in this process as the command line runs it, with what it prints caught. */
import { runCommand } from '../../src/cli/run.ts'
import { type Stop, Stopped, type StopReason } from '../../src/cli/stop.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export const run = (...argv: readonly string[]): Promise<Ran> => runUntil(never, argv)

/** @param printed called for every piece of standard output */
export async function runUntil(stop: Stop, argv: readonly string[], printed?: (text: string) => void): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const code = await runCommand(argv, {
    print: async (text) => {
      out.push(text)
      printed?.(text)
    },
    complain: async (text) => void err.push(text),
    listen: () => stop,
  })
  return { code, out: out.join(''), err: err.join('') }
}

/** Says stop when it is called. */
export function stopBy(reason: StopReason): Stop & { readonly now: () => void } {
  const controller = new AbortController()
  let came: StopReason | undefined
  const now = (): void => {
    came = reason
    controller.abort(new Stopped(reason))
  }
  const { signal } = controller
  const asked = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  return { signal, reason: () => came, asked, outputLost: () => {}, now }
}

/** Nobody says stop. */
const never: Stop = {
  signal: new AbortController().signal,
  reason: () => undefined,
  asked: new Promise(() => {}),
  outputLost: () => {},
}
