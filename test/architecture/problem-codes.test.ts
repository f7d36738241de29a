/** A code that nothing answers is a promise that nobody keeps. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { problems } from '../../src/problems.ts'

const root = resolve(import.meta.dirname, '../..')
const textOf = (folder: string): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|xml)$/.test(path) && path !== 'problems.ts')
    .map((path) => readFileSync(join(root, folder, path), 'utf8'))
    .join('\n')

test('every problem code is answered by a policy or by the code', () => {
  const text = textOf('src') + textOf('policies')
  expect(Object.keys(problems).filter((code) => !text.includes(code))).toEqual([])
})
