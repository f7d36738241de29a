/** `npm run readme`: prints what the README and `schemas/openapi.json` take from the code. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { openApiFile, printOpenApi, readmeFile, withSections } from './readme.ts'

writeFileSync(readmeFile, withSections(readFileSync(readmeFile, 'utf8')))
mkdirSync(new URL('.', openApiFile), { recursive: true })
writeFileSync(openApiFile, printOpenApi())
