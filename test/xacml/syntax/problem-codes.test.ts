import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { problemCodes } from '../../../src/xacml/problem-codes.ts'

const folder = resolve(import.meta.dirname, '../../../src/xacml/syntax')

test('every problem code of the readers stands in the table', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  const source = files.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n')
  const used = new Set([...source.matchAll(/'((?:XML|JSON|XACML)-[A-Z-]+)'/g)].map(([, code]) => code ?? ''))
  expect([...used].filter((code) => !(code in problemCodes))).toEqual([])
})
