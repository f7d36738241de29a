#!/usr/bin/env node
// The command. It is here before anything has been installed or built, so that npm always finds something to link.
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'

const built = new URL('../dist/cli.js', import.meta.url)
for (let tries = 0; tries < 20 && !existsSync(built) && isChangingOver(); tries++) await setTimeout(50)
if (!isInstalled()) end('what it needs is not installed yet; run `npm ci` in the folder of Portvakt first')
else if (existsSync(built)) await import(built.href)
else end('it has not been built yet; run `npm run build` in the folder of Portvakt first')

/** A build puts its folder in the place of the old one, which is not one step. */
function isChangingOver() {
  return readdirSync(new URL('..', import.meta.url)).some((name) => name.startsWith('dist.'))
}

function isInstalled() {
  try {
    return createRequire(import.meta.url).resolve('zod') !== ''
  } catch {
    return false
  }
}

function end(text) {
  process.stderr.write(`portvakt: ${text}\n`)
  process.exitCode = 1
}
