#!/usr/bin/env node
// The command. It is here before anything has been built, so that npm always finds something to link.
import { existsSync } from 'node:fs'

const built = new URL('../dist/cli.js', import.meta.url)
if (existsSync(built)) await import(built.href)
else {
  process.stderr.write('portvakt: it has not been built yet; run `npm run build` in the folder of Portvakt first\n')
  process.exitCode = 1
}
