#!/usr/bin/env node
/** The entry of the command line: the process around `runCommand`. */
import { runCommand } from './cli/run.ts'
import { listenForStop, watchOutput } from './cli/stop.ts'

/** What cannot be written any more has nobody to read it: `watchOutput` sees to that. */
const writer = (stream: NodeJS.WriteStream) => (text: string) =>
  new Promise<void>((resolve) => stream.write(text, () => resolve()))

watchOutput()
process.exitCode = await runCommand(process.argv.slice(2), {
  print: writer(process.stdout),
  complain: writer(process.stderr),
  listen: listenForStop,
})
// what a command has left open by mistake keeps nobody waiting
setTimeout(() => process.exit(), 5_000).unref()
